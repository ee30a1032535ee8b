using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Features;

/// <summary>Limits whose gradient is 1 everywhere, so that a value beyond them is still told where to go.</summary>
public static class StraightThrough
{
    /// <summary>Values limited to [−1, 1]; the gradient passes unchanged.</summary>
    public static Tensor Clip(Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        return (images + (images.clamp(-1, 1) - images).detach()).MoveToOuterDisposeScope();
    }
}
