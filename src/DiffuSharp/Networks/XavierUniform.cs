using DiffuSharp.Torch;

namespace DiffuSharp.Networks;

/// <summary>U(±√(6/(fan_in + fan_out))), biases zero (DDPM++ and NCSN++).</summary>
/// <param name="generator">Source of the draws.</param>
/// <param name="gain">Multiplies the weights.</param>
public sealed class XavierUniform(Generator generator, double gain = 1) : Initializer
{
    /// <inheritdoc/>
    public override Initializer Times(double factor) => new XavierUniform(generator, gain * factor);

    /// <inheritdoc/>
    public override (Tensor Weight, Tensor? Bias) Draw(long[] shape, bool hasBias)
    {
        var bound = Math.Sqrt(6.0 / (FanIn(shape) + FanOut(shape)));
        return (Uniform(shape, gain * bound, generator), hasBias ? torch.zeros([shape[0]]) : null);
    }
}
