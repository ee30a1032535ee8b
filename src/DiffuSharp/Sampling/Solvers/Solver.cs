using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>How a run goes from noise to an image: a small pure function from noise levels to a tableau.</summary>
[RecipeKind("solver")]
public abstract record Solver : Recipe
{
    /// <summary>Whether the network chooses the noise: only models that predict variances run it, and it has no numbers to tune.</summary>
    public virtual bool LearnsNoise => false;

    /// <summary>How many steps come nearest to a number of network evaluations, not above it.</summary>
    /// <param name="nfe">Network evaluations.</param>
    public virtual int StepsFor(int nfe) => nfe;

    /// <summary>The tableau of a run.</summary>
    /// <param name="levels">σ_0 … σ_N.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or the levels do not suit the solver.</exception>
    public abstract SamplerTableau Build(NoiseLevels levels);

    /// <summary>The tableau of a run of a network that knows only some levels: every level that it is given is one of them.</summary>
    /// <param name="levels">σ_0 … σ_N.</param>
    /// <param name="roundSigma">What the network makes of a level.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or the levels do not suit the solver.</exception>
    public virtual SamplerTableau Build(NoiseLevels levels, Func<double, double> roundSigma) => Build(levels.Rounded(roundSigma));

    /// <summary>The tableau of a run of VP states that start at N(0, I): √(1 + σ_0²) ξ in EDM's coordinates, instead of σ_0 ξ.</summary>
    /// <param name="levels">σ_0 … σ_N.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or the levels do not suit the solver.</exception>
    public SamplerTableau BuildFromUnitVariance(NoiseLevels levels) => BuildFromUnitVariance(levels, sigma => sigma);

    /// <summary><see cref="BuildFromUnitVariance(NoiseLevels)"/> of a network that knows only some levels.</summary>
    /// <param name="levels">σ_0 … σ_N.</param>
    /// <param name="roundSigma">What the network makes of a level.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or the levels do not suit the solver.</exception>
    public SamplerTableau BuildFromUnitVariance(NoiseLevels levels, Func<double, double> roundSigma)
    {
        var start = roundSigma(levels[0]);
        return Build(levels, roundSigma).ScalePrior(Math.Sqrt(1 + (start * start)) / start);
    }

    /// <summary>What a sampler file says of the solver: its usual name, its options and its source.</summary>
    /// <param name="levels">What is said of the levels, first.</param>
    public SamplerMetadata Describe(params IEnumerable<KeyValuePair<string, string>> levels)
    {
        var (name, options) = RecipeAliases.Usual(this);
        return new(name, [.. levels, .. options], Type.Source);
    }
}
