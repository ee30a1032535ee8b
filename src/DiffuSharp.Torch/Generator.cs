using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <summary>A random number generator with PyTorch's CPU stream (Mersenne Twister). Not safe for several threads.</summary>
public sealed class Generator : IDisposable
{
    private nint _handle;

    /// <summary>A generator in the state of <c>torch.Generator().manual_seed(seed)</c>.</summary>
    public Generator(ulong seed) => Native.Check(Native.ds_generator_new(seed, out _handle), "torch.Generator");

    /// <summary>Backstop for generators that nobody disposed of.</summary>
    ~Generator() => Free();

    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Generator));

    /// <summary>The state, a byte tensor; in PyTorch's own form.</summary>
    public Tensor get_state()
    {
        Native.Check(Native.ds_generator_get_state(Handle, out var state));
        GC.KeepAlive(this);
        return Tensor.FromHandle(state);
    }

    /// <summary>Continues from a state of <see cref="get_state"/>.</summary>
    /// <exception cref="TorchException">The tensor is no generator state.</exception>
    public void set_state(Tensor state)
    {
        Native.Check(Native.ds_generator_set_state(Handle, state.Handle));
        GC.KeepAlive(state);
        GC.KeepAlive(this);
    }

    /// <summary>Frees the generator.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            Native.ds_generator_release(handle);
        }
    }
}
