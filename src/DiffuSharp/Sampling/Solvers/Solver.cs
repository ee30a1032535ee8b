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

    /// <summary>The tableau of a run of VP states that start at N(0, I): √(1 + σ_0²) ξ in EDM's coordinates, instead of σ_0 ξ.</summary>
    /// <param name="levels">σ_0 … σ_N.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or the levels do not suit the solver.</exception>
    public SamplerTableau BuildFromUnitVariance(NoiseLevels levels) => Build(levels).ScalePrior(Math.Sqrt(1 + (levels[0] * levels[0])) / levels[0]);

    /// <summary>What a sampler file says of the solver: its usual name, its options and its source.</summary>
    /// <param name="levels">What is said of the levels, first.</param>
    public SamplerMetadata Describe(params IEnumerable<KeyValuePair<string, string>> levels)
    {
        var (name, options) = RecipeAliases.Usual(this);
        var said = levels.ToList();
        var own = options.Where(o => Shows(o.Key) && !said.Contains(o)).Select(o => said.Exists(l => l.Key == o.Key) ? KeyValuePair.Create($"solver_{o.Key}", o.Value) : o);
        return new(name, [.. said, .. own], Type.Source);
    }

    /// <summary>Whether an option is said although it may do nothing as the others stand.</summary>
    private protected virtual bool Shows(string option) => true;
}
