using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Search.Noise;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Algorithms;

/// <summary>
/// Epsilon-greedy search of the noise trajectory (Ramesh and Mardani 2025): at every noisy row, K times N candidates for its noise are tried, each fresh with probability ε, else
/// a point within λ√d of the best so far; the best by the predicted clean image is taken. NFE = Σ over rows of K N + 1 where the row is noisy, else 1.
/// While the budget lasts, it is repeated with fresh noise.
/// </summary>
[Recipe("eps-greedy", Source = "Ramesh and Mardani 2025")]
public sealed record NoiseTrajectorySearch : SearchAlgorithm
{
    /// <summary>N, candidates of an iteration.</summary>
    [Range(1, 1 << 20)]
    public int Candidates { get; init; } = 4;

    /// <summary>K, iterations at each noisy row.</summary>
    [Range(1, 1 << 20)]
    public int Iterations { get; init; } = 20;

    /// <summary>λ: candidates lie within λ√d of the best, d being the number of pixels.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Radius { get; init; } = 0.15;

    /// <summary>ε, the part of fresh candidates.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; init; } = 0.4;

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
        var tries = Candidates * Iterations;
        var cost = sampler.Rows.Take(sampler.Nfe).Sum(row => (row.Noise == 0 ? 1L : tries + 1) * block.Problem.Denoiser.EvaluationsAt(row.Sigma));
        var calls = (sampler.NoiseDraws * tries) + 1;
        for (var repeat = 0; block.WhoAfford(cost, calls) is { Length: > 0 } images; repeat++)
        {
            var round = repeat;
            block.RunGroups(images, Candidates, group => RunOnce(group, sampler, round, cost, calls));
        }
    }

    private IReadOnlyList<Outcome> RunOnce(ParticleGroup group, SamplerTableau sampler, int repeat, long cost, int calls)
    {
        var noise = new GivenNoise();
        noise.Set(CandidateNoise.Normal(group.Each(1, (i, _) => NoiseAddress.Of(group.Seed(i), DrawPurpose.Particle, repeat, -1)), group.Shape));
        Tensor? seen = null;
        using var run = new SamplerRun(sampler, group.Denoiser, noise, group.Condition(1), group.Problem.Precision)
        {
            Observer = step => seen = (step.Denoised ?? step.State).alias().MoveToOuterDisposeScope(),
        };
        for (var row = 0; row < sampler.Rows.Count; row++)
        {
            using var scope = torch.NewDisposeScope();
            if (sampler.Rows[row].Noise != 0)
            {
                var pivots = new double[group.Count][];
                var best = Enumerable.Repeat(double.NegativeInfinity, group.Count).ToArray();
                for (var k = 0; k < Iterations; k++)
                {
                    using var inner = torch.NewDisposeScope();
                    var draws = group.Each((i, j) => Draw(pivots[i], group.Shape.Count, NoiseAddress.Of(group.Seed(i), DrawPurpose.Perturbation, repeat, row, k, j)));
                    noise.Set(Batch(draws, group.Shape));
                    using var fork = run.Fork(group.Each((i, _) => (long)i), noise);
                    fork.AdvanceTo(row + 1, group.Cancellation);
                    var scores = group.Score(seen!);
                    foreach (var member in group.BestMembers(scores))
                    {
                        var i = member / Candidates;
                        (pivots[i], best[i]) = scores[member] > best[i] ? (draws[member], scores[member]) : (pivots[i], best[i]);
                    }
                }

                noise.Set(Batch(pivots, group.Shape));
            }

            run.AdvanceTo(row + 1, group.Cancellation);
        }

        var sample = run.Finish();
        var final = group.Score(sample);
        return group.Finish(sample, final, group.BestMembers(final), cost, calls, _ => null);
    }

    // Fresh, or pivot + r û with r uniform in [0, λ√d] and û a random direction; the norm is left as it comes out.
    private double[] Draw(double[]? pivot, int size, ulong key)
    {
        var draw = new double[size];
        NoiseAddress.Normal(SplitMix64.Mix(key, 0), draw);
        var choice = SplitMix64.Mix(key, 1);
        if (pivot is null || NoiseAddress.Uniform(choice) < Epsilon)
        {
            return draw;
        }

        var length = NoiseAddress.Uniform(choice, 1) * Radius * Math.Sqrt(size) / Math.Sqrt(draw.Sum(v => v * v));
        return [.. pivot.Zip(draw, (p, direction) => p + (length * direction))];
    }

    private static Tensor Batch(double[][] draws, ImageShape shape) =>
        torch.tensor([.. draws.SelectMany(draw => draw)], [draws.Length, shape.Channels, shape.Height, shape.Width]);
}
