using DiffuSharp.Torch;

namespace DiffuSharp.Networks;

/// <summary>Placeholders that have a shape but no memory: names and shapes can be compared with a file before anything large is made.</summary>
public sealed class DeferredWeights : Initializer
{
    /// <inheritdoc/>
    public override bool IsDeferred => true;

    /// <inheritdoc/>
    public override Initializer Times(double factor) => this;

    /// <inheritdoc/>
    public override (Tensor Weight, Tensor? Bias) Draw(long[] shape, bool hasBias) => (Shaped(shape), hasBias ? Shaped([shape[0]]) : null);

    // One zero seen from every place.
    private static Tensor Shaped(long[] shape) => torch.zeros([1]).expand(shape);
}
