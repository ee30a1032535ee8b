using DiffuSharp.Torch;

namespace DiffuSharp.Networks;

/// <summary>U(±√(3/fan_in)) · gain, biases drawn alike (ADM, gain √⅓).</summary>
/// <param name="generator">Source of the draws.</param>
/// <param name="gain">Multiplies weights and biases.</param>
public sealed class KaimingUniform(Generator generator, double gain = 1) : Initializer
{
    /// <inheritdoc/>
    public override Initializer Times(double factor) => new KaimingUniform(generator, gain * factor);

    /// <inheritdoc/>
    public override (Tensor Weight, Tensor? Bias) Draw(long[] shape, bool hasBias)
    {
        var bound = gain * Math.Sqrt(3.0 / FanIn(shape));
        return (Uniform(shape, bound, generator), hasBias ? Uniform([shape[0]], bound, generator) : null);
    }
}
