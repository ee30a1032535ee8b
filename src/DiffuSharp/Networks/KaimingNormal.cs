using DiffuSharp.Torch;

namespace DiffuSharp.Networks;

/// <summary>N(0, gain²/fan_in), biases zero (ADM's class labels, gain √label_dim).</summary>
/// <param name="generator">Source of the draws.</param>
/// <param name="gain">Multiplies the weights.</param>
public sealed class KaimingNormal(Generator generator, double gain = 1) : Initializer
{
    /// <inheritdoc/>
    public override Initializer Times(double factor) => new KaimingNormal(generator, gain * factor);

    /// <inheritdoc/>
    public override (Tensor Weight, Tensor? Bias) Draw(long[] shape, bool hasBias)
    {
        var deviation = gain / Math.Sqrt(FanIn(shape));
        return (torch.randn(shape, generator) * deviation, hasBias ? torch.zeros([shape[0]]) : null);
    }
}
