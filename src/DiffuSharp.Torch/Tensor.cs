using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <summary>
/// A tensor of libtorch, with TorchSharp's names and semantics. Native memory is freed by <see cref="Dispose"/>, by the
/// <see cref="DisposeScope"/> in which the tensor was made, or at the latest by the finaliser.
/// </summary>
public unsafe partial class Tensor : IDisposable
{
    private const int GenerationShift = 32;

    private static long s_live;
    private nint _handle;
    private long _generation;

    internal Tensor(nint handle)
    {
        _handle = handle;
        Interlocked.Increment(ref s_live);
    }

    /// <summary>Takes over the elements of another tensor, which becomes invalid.</summary>
    private protected Tensor(Tensor other)
        : this(other.GiveUp())
    {
    }

    /// <summary>Backstop for tensors that nobody disposed of.</summary>
    ~Tensor() => Free();

    /// <summary>Number of tensors of this process that have not been freed.</summary>
    public static long LiveCount => Interlocked.Read(ref s_live);

    /// <summary>Number of dimensions.</summary>
    public long ndim => Alive(Native.ds_tensor_dimensions(Handle));

    /// <summary>Size of each dimension.</summary>
    public long[] shape
    {
        get
        {
            var sizes = new long[ndim];
            fixed (long* first = sizes)
            {
                Native.ds_tensor_sizes(Handle, first);
            }

            GC.KeepAlive(this);
            return sizes;
        }
    }

    /// <summary>Elements between neighbours along each dimension.</summary>
    public long[] stride
    {
        get
        {
            var strides = new long[ndim];
            fixed (long* first = strides)
            {
                Native.ds_tensor_strides(Handle, first);
            }

            GC.KeepAlive(this);
            return strides;
        }
    }

    /// <summary>Element type.</summary>
    public ScalarType dtype => (ScalarType)Alive(Native.ds_tensor_type(Handle));

    /// <summary>Device that holds the elements.</summary>
    public Device device => Device.Unpack(Alive(Native.ds_tensor_device(Handle)));

    /// <summary>
    /// Differs whenever the elements may have changed: by an operator in place, by another tensor's elements taken over, or because their
    /// memory was handed out for writing.
    /// </summary>
    public long _version => (_generation << GenerationShift) + Alive(Native.ds_tensor_version(Handle));

    /// <summary>Whether <see cref="Dispose"/> was called.</summary>
    public bool IsInvalid => _handle == 0;

    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Tensor));

    internal DisposeScope? Scope { get; set; }

    internal int ScopeIndex { get; set; }

    /// <summary>Number of elements.</summary>
    public long numel()
    {
        var count = 1L;
        foreach (var size in shape)
        {
            count *= size;
        }

        return count;
    }

    /// <summary>Size of one dimension; negative numbers count from the last.</summary>
    public long size(int dim) => shape[dim < 0 ? dim + (int)ndim : dim];

    /// <summary>Whether the elements lie in the order of the format without gaps.</summary>
    public bool is_contiguous(MemoryFormat memory_format = MemoryFormat.Contiguous) =>
        Alive(Native.ds_tensor_is_contiguous(Handle, (int)memory_format)) != 0;

    /// <summary>Frees the native memory (unless other tensors share it).</summary>
    public void Dispose()
    {
        Scope?.Remove(this);
        Free();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override string ToString() => IsInvalid ? "disposed tensor" : Describe();

    internal static Tensor FromHandle(nint handle)
    {
        var tensor = new Tensor(handle);
        DisposeScope.Current?.Add(tensor);
        return tensor;
    }

    /// <summary>Type and shape, such as <c>float32[2,3]</c>.</summary>
    public string Describe() => $"{dtype.ToString().ToLowerInvariant()}[{string.Join(",", shape)}]";

    /// <summary>Makes this object stand for the elements of another tensor, which becomes invalid; gradients are not kept.</summary>
    internal void SetData(Tensor other)
    {
        var recorded = requires_grad;
        var handle = other.GiveUp();
        Native.ds_tensor_release(Handle);
        _handle = handle;
        _generation++;
        requires_grad = recorded;
    }

    // What a native call gave that read the handle; until then the finaliser must not free the tensor.
    private T Alive<T>(T result)
    {
        GC.KeepAlive(this);
        return result;
    }

    private nint GiveUp()
    {
        var handle = Native.ds_tensor_share(Handle);
        Dispose();
        return handle;
    }

    private void Free()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            Interlocked.Decrement(ref s_live);
            Native.ds_tensor_release(handle);
        }
    }
}
