using DiffuSharp.Search.Noise;

namespace DiffuSharp.Search.Algorithms;

/// <summary>
/// Feynman-Kac steering (Singhal et al. 2025): k particles of each image go through a stochastic sampler together; the scores of their predicted clean images
/// weigh them, and when the weights become too unequal, they are resampled. The particles' final weights make them a sample of p(x_0) exp(λ r(x_0)).
/// While the budget lasts, it is repeated with fresh noise and the best particle of all wins. A weighted draw is made from one run only: the best of several
/// draws would be none.
/// </summary>
public sealed record FkSteering : ISearchAlgorithm
{
    /// <summary>k, at least 2.</summary>
    public int Particles { get; init; } = 4;

    /// <summary>λ.</summary>
    public double Lambda { get; init; } = 2;

    /// <summary>How rewards become weights.</summary>
    public Potential Potential { get; init; } = Potential.Diff;

    /// <summary>Score every so many rows.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Resample when the effective number of particles falls below this part of them, 0 (never) to 1.</summary>
    public double EssThreshold { get; init; } = 0.5;

    /// <summary>Take a particle of one run by its weight, which samples the tilted distribution, instead of the best one of all runs that the budget pays for.</summary>
    public bool Weighted { get; init; }

    /// <inheritdoc/>
    public string Name => "fk";

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, string>> Options =>
    [
        new("particles", $"{Particles}"), new("lambda", $"{Lambda:R}"), new("potential", Potential.ToString().ToLowerInvariant()), new("every", $"{Every}"),
        new("ess", $"{EssThreshold:R}"), new("weighted", Weighted ? "true" : "false"),
    ];

    /// <inheritdoc/>
    public bool FindsNoise => false;

    /// <inheritdoc/>
    public void Validate(SearchProblem problem)
    {
        if (Particles < 2 || Every < 1)
        {
            throw new InvalidInputException($"particles {Particles}, every {Every}: at least 2 particles, scored every row or less often");
        }

        if (!double.IsFinite(Lambda) || EssThreshold is not (>= 0 and <= 1))
        {
            throw new InvalidInputException($"lambda {Lambda:R}, ess {EssThreshold:R}: lambda must be finite, ess lie in [0, 1]");
        }

        Algorithms.Particles.RequireNoise(problem, Name);
        Algorithms.Particles.RequireImageVerifier(problem, Name);
    }

    /// <inheritdoc/>
    public void Run(SearchBlock block)
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
