using DiffuSharp.Torch;

namespace DiffuSharp.Networks;

/// <summary>Draws the initial weights of a layer.</summary>
public abstract class Initializer
{
    /// <summary>Whether the values are placeholders without memory, to be replaced by those of a file.</summary>
    public virtual bool IsDeferred => false;

    /// <summary>The same rule with all values multiplied by a factor (0 for zeros).</summary>
    public abstract Initializer Times(double factor);

    /// <summary>Weights and bias.</summary>
    /// <param name="shape">[out, in] or [out, in, k, k].</param>
    /// <param name="hasBias">Whether a bias [out] is wanted.</param>
    public abstract (Tensor Weight, Tensor? Bias) Draw(long[] shape, bool hasBias);

    /// <summary>Number of inputs that one output adds up.</summary>
    protected static long FanIn(long[] shape) => shape.Skip(1).Aggregate(1L, (product, size) => product * size);

    /// <summary>Number of outputs that one input adds to.</summary>
    protected static long FanOut(long[] shape) => shape[0] * FanIn(shape) / shape[1];

    /// <summary>Uniform draws from [−bound, bound).</summary>
    protected static Tensor Uniform(long[] shape, double bound, Generator generator) =>
        ((torch.rand(shape, generator) * 2) - 1) * bound;
}
