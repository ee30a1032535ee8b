using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Search.Noise;

namespace DiffuSharp.Search.Algorithms;

/// <summary>
/// Feynman-Kac steering (Singhal et al. 2025): k particles of each image go through a stochastic sampler together; the scores of their predicted clean images
/// weigh them, and when the weights become too unequal, they are resampled. The particles' final weights make them a sample of p(x_0) exp(λ r(x_0)).
/// While the budget lasts, it is repeated with fresh noise and the best particle of all wins. A weighted draw is made from one run only: the best of several
/// draws would be none.
/// </summary>
[Recipe("fk", Source = "Singhal et al. 2025")]
public sealed record FkSteering : SearchAlgorithm
{
    /// <summary>k, at least 2.</summary>
    [Range(2, 1 << 20)]
    public int Particles { get; init; } = 4;

    /// <summary>λ.</summary>
    public double Lambda { get; init; } = 2;

    /// <summary>How rewards become weights.</summary>
    public Potential Potential { get; init; } = Potential.Diff;

    /// <summary>Score every so many rows.</summary>
    [Range(1, int.MaxValue)]
    public int Every { get; init; } = 1;

    /// <summary>Resample when the effective number of particles falls below this part of them, 0 (never) to 1.</summary>
    [Range(0.0, 1.0)]
    [RecipeOption(Name = "ess")]
    public double EssThreshold { get; init; } = 0.5;

    /// <summary>Take a particle of one run by its weight, which samples the tilted distribution, instead of the best one of all runs that the budget pays for.</summary>
    public bool Weighted { get; init; }

    /// <inheritdoc/>
    public override bool FindsNoise => false;

    /// <inheritdoc/>
    protected override void Check(SearchProblem problem)
    {
        Algorithms.Particles.RequireNoise(problem, Name);
        Algorithms.Particles.RequireImageVerifier(problem, Name);
    }

    /// <inheritdoc/>
    public override void Run(SearchBlock block)
    {
        var filter = new ParticleFilter(this, block.Problem.Sampler);
        var cost = Particles * block.Problem.CostOf(block.Problem.Sampler);
        var calls = Particles * (filter.ScoredRows.Count + 1);
        for (var repeat = 0; !(Weighted && repeat > 0) && block.WhoAfford(cost, calls) is { Length: > 0 } images; repeat++)
        {
            var round = repeat;
            block.RunGroups(images, Particles, group => Outcomes(group, filter.Run(group, round), round, cost, calls));
        }
    }

    private IReadOnlyList<Outcome> Outcomes(ParticleGroup group, ParticleCloud cloud, int repeat, long cost, int calls)
    {
        var members = Weighted
            ? group.Each(1, (i, _) => (i * Particles) + Resampling.Draw(
                Resampling.Normalise(cloud.LogWeights.AsSpan(i * Particles, Particles)),
                NoiseAddress.Uniform(NoiseAddress.Of(group.Seed(i), DrawPurpose.Choice, repeat))))
            : group.BestMembers(cloud.Rewards);
        return group.Finish(cloud.Samples, cloud.Rewards, members, cost, calls, member => cloud.Lines[member]);
    }
}

/// <summary>How rewards along a trajectory become weights (Singhal et al. 2025, FK steering). In all three the weights of a whole trajectory multiply to exp(λ r(x_0)).</summary>
public enum Potential
{
    /// <summary>exp(λ (r_i − r_{i−1})).</summary>
    Diff,

    /// <summary>exp(λ max_{j≤i} r_j); the last weight divides by the product of the others.</summary>
    Max,

    /// <summary>exp(λ Σ_{j≤i} r_j); the last weight divides by the product of the others.</summary>
    Sum,
}
