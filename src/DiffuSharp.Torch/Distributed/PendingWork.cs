using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch.Distributed;

/// <summary>An operation among ranks that runs while this process does something else.</summary>
public sealed class PendingWork : IDisposable
{
    private readonly ProcessGroup _group;
    private readonly string _operation;
    private nint _handle;

    internal PendingWork(ProcessGroup group, nint handle, string operation) => (_group, _handle, _operation) = (group, handle, operation);

    /// <summary>Backstop for work that nobody disposed of.</summary>
    ~PendingWork() => Free();

    /// <summary>Waits until it is done.</summary>
    /// <exception cref="DistributedException">A rank is lost.</exception>
    public void wait() => _group.Check(Native.ds_work_wait(_handle != 0 ? _handle : throw new ObjectDisposedException(nameof(PendingWork))), this, _operation);

    /// <summary>Frees the handle; the operation goes on.</summary>
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
            Native.ds_work_release(handle);
        }
    }
}
