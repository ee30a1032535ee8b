using DiffuSharp.Sampling;
using DiffuSharp.Search.Noise;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Algorithms;

/// <summary>
/// SVDD (Li et al. 2024, SVDD-PM): at every noisy row M children are drawn, and one of them goes on by the score of its predicted clean image.
/// NFE = Σ over rows of M where the row is noisy, else 1. While the budget lasts, it is repeated with fresh noise.
/// </summary>
public sealed record StepSelection : ISearchAlgorithm
{
    /// <summary>M, at least 2.</summary>
    public int Children { get; init; } = 4;

    /// <summary>Children are drawn by exp(score / temperature); 0 takes the best.</summary>
    public double Temperature { get; init; }

    /// <inheritdoc/>
    public string Name => "svdd";

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, string>> Options => [new("children", $"{Children}"), new("temperature", $"{Temperature:R}")];

    /// <inheritdoc/>
    public bool FindsNoise => false;

    /// <inheritdoc/>
    public void Validate(SearchProblem problem)
    {
        if (Children < 2)
        {
            throw new InvalidInputException($"children {Children}: at least 2 are needed to choose from");
        }

        if (Temperature is not (>= 0 and < double.PositiveInfinity))
        {
            throw new InvalidInputException($"temperature {Temperature:R}: must be 0 or positive");
        }

        Particles.RequireNoise(problem, Name);
        Particles.RequireImageVerifier(problem, Name);
    }

    /// <inheritdoc/>
    public void Run(SearchBlock block)
    {
        var sampler = block.Problem.Sampler;
        var cost = sampler.Rows.Take(sampler.Nfe).Sum(row => (row.Noise == 0 ? 1L : Children) * block.Problem.Denoiser.EvaluationsAt(row.Sigma));
        var calls = (sampler.NoiseDraws * Children) + 1;
        for (var repeat = 0; block.WhoAfford(cost, calls) is { Length: > 0 } images; repeat++)
        {
            var round = repeat;
            block.RunGroups(images, Children, group => RunOnce(group, sampler, round, cost, calls));
        }
    }

    private IReadOnlyList<Outcome> RunOnce(ParticleGroup group, SamplerTableau sampler, int repeat, long cost, int calls)
    {
        var noise = new GivenNoise();
        var lines = group.Each(1, (i, _) => new List<ulong> { Key(group, i, 0, repeat, -1) });
        noise.Set(CandidateNoise.Normal([.. lines.Select(line => line[0])], group.Shape));
        Tensor? seen = null;
        var run = new SamplerRun(sampler, group.Denoiser, noise, group.Condition(1), group.Problem.Precision)
        {
            Observer = step => seen = (step.Denoised ?? step.State).alias().MoveToOuterDisposeScope(),
        };
        try
        {
            for (var row = 0; row < sampler.Rows.Count; row++)
            {
                using var scope = torch.NewDisposeScope();
                if (sampler.Rows[row].Noise != 0)
                {
                    run = Replace(run, run.Fork(group.Each((i, _) => (long)i), noise));
                    var keys = group.Each((i, child) => Key(group, i, child, repeat, row));
                    noise.Set(CandidateNoise.Normal(keys, group.Shape));
                    run.AdvanceTo(row + 1, group.Cancellation);
                    var chosen = Choose(group, group.Score(seen!), repeat, row);
                    run = Replace(run, run.Fork([.. chosen.Select(member => (long)member)], noise));
                    for (var i = 0; i < lines.Length; i++)
                    {
                        lines[i].Add(keys[chosen[i]]);
                    }
                }
                else
                {
                    run.AdvanceTo(row + 1, group.Cancellation);
                }
            }

            var sample = run.Finish();
            var scores = group.Score(sample);
            return group.Finish(sample, scores, group.BestMembers(scores), cost, calls, i => [.. lines[i]]);
        }
        finally
        {
            run.Dispose();
        }
    }

    private static SamplerRun Replace(SamplerRun old, SamplerRun next)
    {
        old.Dispose();
        return next;
    }

    private int[] Choose(ParticleGroup group, double[] scores, int repeat, int row) => Temperature == 0
        ? group.BestMembers(scores)
        : group.Each(1, (i, _) => (i * Children) + Resampling.Draw(
            Resampling.Normalise(Array.ConvertAll(scores[(i * Children)..((i + 1) * Children)], score => score / Temperature)),
            NoiseAddress.Uniform(NoiseAddress.Of(group.Seed(i), DrawPurpose.Choice, repeat, row))));

    private static ulong Key(ParticleGroup group, int i, int child, int repeat, int row) =>
        NoiseAddress.Of(group.Seed(i), DrawPurpose.Particle, repeat, row, child);
}
