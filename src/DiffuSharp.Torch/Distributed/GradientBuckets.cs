using DiffuSharp.Torch.Interop;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Torch.Distributed;

/// <summary>
/// Gradients summed over the ranks, a bucket of parameters at a time, while the backward pass still computes those of the next (Li et al. 2020,
/// PyTorch Distributed, section 3.2). The result has the same bits on all ranks and at every repetition.
/// </summary>
public sealed unsafe class GradientBuckets : IDisposable
{
    /// <summary>Bytes of a bucket where the caller does not say.</summary>
    public const long UsualBytes = 25L << 20;

    private const long FirstBytes = 1L << 20; // it starts early

    private readonly ProcessGroup _group;
    private nint _handle;

    /// <summary>Watches parameters.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="parameters">In the same order on all ranks; about that of their use in the forward pass.</param>
    /// <param name="bytes">Of a bucket.</param>
    public GradientBuckets(ProcessGroup group, Parameter[] parameters, long bytes = UsualBytes)
    {
        _group = group;
        var handles = Array.ConvertAll(parameters, p => p.Handle);
        fixed (nint* first = handles)
        {
            Native.Check(Native.ds_buckets_new(group.Handle, first, handles.Length, Math.Min(FirstBytes, bytes), bytes, out _handle), nameof(GradientBuckets));
        }

        GC.KeepAlive(parameters);
    }

    /// <summary>Backstop for buckets that nobody disposed of.</summary>
    ~GradientBuckets() => Free();

    /// <summary>Number of buckets.</summary>
    public long Count => Native.ds_buckets_count(Handle);

    private nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(GradientBuckets));

    /// <summary>Before the last backward pass of a step: gradients are final when they come next.</summary>
    public void Arm() => Native.Check(Native.ds_buckets_arm(Handle));

    /// <summary>After it: waits until all gradients are sums over the ranks.</summary>
    /// <exception cref="DistributedException">A rank is lost; some gradients may be sums already.</exception>
    public void Finish() => _group.Check(Native.ds_buckets_finish(Handle), this, "the sum of gradients");

    /// <summary>Stops watching.</summary>
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
            Native.ds_buckets_release(handle);
        }
    }
}
