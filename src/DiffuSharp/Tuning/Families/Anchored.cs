using DiffuSharp.Recipes;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tuning.Families;

/// <summary>A hand-made solver at learned levels, plus corrections that start at 0 (<see cref="AnchoredFamily"/>).</summary>
[Recipe("anchored", Source = "after Watson et al. 2022, Theorem 1")]
public sealed record Anchored : FamilyRecipe
{
    /// <summary>The solver at which it starts, or whose numbers follow the levels of a learned sampler.</summary>
    [RecipeOption(Positional = true)]
    public Solver Base { get; init; } = new Ipndm();

    /// <inheritdoc/>
    public override Solver Start => Base;

    /// <inheritdoc/>
    public override bool FollowsPrior => true;

    /// <inheritdoc/>
    public override SamplerFamily Create(NoiseLevels levels, bool unitVariance = false) =>
        unitVariance ? AnchoredFamily.FromUnitVariance(Base, levels) : new AnchoredFamily(Base, levels);

    /// <inheritdoc/>
    protected override void Check()
    {
        if (Base.LearnsNoise)
        {
            throw Invalid($"base {Base}: the network chooses its noise, so it has no numbers to tune; take another");
        }
    }
}
