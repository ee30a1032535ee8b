using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Noise;

/// <summary>Draws that an algorithm sets one by one.</summary>
public sealed class GivenNoise : INoiseSource
{
    private Tensor? _next;

    /// <summary>Sets the draw that the next noisy row takes; [N,C,H,W], of the caller's scope.</summary>
    public void Set(Tensor draw) => _next = draw;

    /// <inheritdoc/>
    public Tensor Next()
    {
        var draw = _next ?? throw new InvalidOperationException("no draw was set for this row");
        _next = null;
        return draw;
    }
}
