using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>A solver that evaluates the network at levels of its own too, which a network that knows only some levels rounds as well.</summary>
public abstract record IntermediateLevelSolver : Solver
{
    /// <inheritdoc/>
    public sealed override SamplerTableau Build(NoiseLevels levels) => Build(levels, sigma => sigma);

    /// <inheritdoc/>
    public abstract override SamplerTableau Build(NoiseLevels levels, Func<double, double> roundSigma);

    /// <summary>What the network makes of a level between two others; the level itself where it would fall on one of them.</summary>
    /// <param name="middle">The level.</param>
    /// <param name="high">The one above.</param>
    /// <param name="low">The one below.</param>
    /// <param name="roundSigma">The rounding.</param>
    protected static double Between(double middle, double high, double low, Func<double, double> roundSigma)
    {
        var rounded = roundSigma(middle);
        return rounded < high && rounded > low ? rounded : middle;
    }
}
