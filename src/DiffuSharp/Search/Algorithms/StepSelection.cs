using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Search.Noise;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Algorithms;

/// <summary>
/// SVDD (Li et al. 2024, SVDD-PM): at every noisy row M children are drawn, and one of them goes on by the score of its predicted clean image.
/// NFE = Σ over rows of M where the row is noisy, else 1. While the budget lasts, it is repeated with fresh noise.
/// </summary>
[Recipe("svdd", Source = "Li et al. 2024")]
public sealed record StepSelection : SearchAlgorithm
{
    /// <summary>M, at least 2.</summary>
    [Range(2, 1 << 20)]
    public int Children { get; init; } = 4;

    /// <summary>Children are drawn by exp(score / temperature); 0 takes the best.</summary>
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double Temperature { get; init; }

    /// <inheritdoc/>
    public override bool FindsNoise => false;

    /// <inheritdoc/>
    protected override void Check(SearchProblem problem)
    {
        Particles.RequireNoise(problem, Name);
        Particles.RequireImageVerifier(problem, Name);
    }

    /// <inheritdoc/>
    public override void Run(SearchBlock block)
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
