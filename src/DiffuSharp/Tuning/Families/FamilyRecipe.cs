using DiffuSharp.Recipes;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tuning.Families;

/// <summary>Which samplers tuning searches, and where it starts.</summary>
[RecipeKind("family")]
public abstract record FamilyRecipe : Recipe
{
    /// <summary>The solver at which it starts.</summary>
    public abstract Solver Start { get; }

    /// <summary>Whether the start follows the prior of the time steps; that of the others is that of the process, σ_0 ξ.</summary>
    public virtual bool FollowsPrior => false;

    /// <summary>What a sampler file says of it beside the start.</summary>
    public virtual IEnumerable<KeyValuePair<string, string>> Said => [];

    /// <summary>The family at its start.</summary>
    /// <param name="levels">σ_0 … σ_N = 0.</param>
    /// <param name="unitVariance">Whether the state starts at N(0, I) in VP coordinates, where it <see cref="FollowsPrior"/>.</param>
    /// <exception cref="InvalidInputException">The levels do not fall strictly to 0, or an option is out of range.</exception>
    public abstract SamplerFamily Create(NoiseLevels levels, bool unitVariance = false);
}
