using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <summary>Sets whether operations are recorded on this thread, and restores the old state when disposed.</summary>
public sealed class GradMode : IDisposable
{
    private readonly int _previous;

    internal GradMode(bool enabled)
    {
        _previous = Native.ds_grad_mode();
        Native.ds_set_grad_mode(enabled ? 1 : 0);
    }

    /// <inheritdoc/>
    public void Dispose() => Native.ds_set_grad_mode(_previous);
}
