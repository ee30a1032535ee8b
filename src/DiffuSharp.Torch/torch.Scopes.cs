using DiffuSharp.Torch.Interop;

namespace DiffuSharp.Torch;

/// <content>Lifetime and gradient modes.</content>
public static partial class torch
{
    /// <summary>A scope that frees the tensors made in it on this thread.</summary>
    public static DisposeScope NewDisposeScope() => new();

    /// <summary>Nothing is recorded on this thread until the result is disposed of.</summary>
    public static GradMode no_grad() => new(enabled: false);

    /// <summary>Operations are recorded on this thread until the result is disposed of.</summary>
    public static GradMode enable_grad() => new(enabled: true);

    /// <summary>Whether operations are recorded on this thread.</summary>
    public static bool is_grad_enabled() => Native.ds_grad_mode() != 0;
}
