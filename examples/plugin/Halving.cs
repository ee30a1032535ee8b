using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Search;
using DiffuSharp.Search.Noise;
using DiffuSharp.Torch;

namespace MyPlugin;

/// <summary>Particles of one image run together; halfway the better half of them go on, each twice, and at the end the best one wins.</summary>
[Recipe("halving")]
public sealed record Halving : SearchAlgorithm
{
    /// <summary>Particles of an image.</summary>
    [Range(2, 1 << 16)]
    public int Particles { get; init; } = 4;

    /// <summary>Where on the way the half is dropped, as a part of the rows.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double At { get; init; } = 0.5;

    /// <inheritdoc/>
    public override bool FindsNoise => false;

    /// <inheritdoc/>
    public override void Run(SearchBlock block)
    {
        var sampler = block.Problem.Sampler;
        var cost = Particles * block.Problem.CostOf(sampler);
        for (var repeat = 0; block.WhoAfford(cost, 2 * Particles) is { Length: > 0 } images; repeat++)
        {
            var round = repeat;
            block.RunGroups(images, Particles, group => RunOnce(group, sampler, round, cost));
        }
    }

    /// <inheritdoc/>
    protected override void Check(SearchProblem problem)
    {
        DiffuSharp.Search.Algorithms.Particles.RequireNoise(problem, Name);
        DiffuSharp.Search.Algorithms.Particles.RequireImageVerifier(problem, Name);
    }

    // Every draw has an address, so that a search that was killed goes on with the same numbers.
    private IReadOnlyList<Outcome> RunOnce(ParticleGroup group, SamplerTableau sampler, int repeat, long cost)
    {
        var halfway = Math.Clamp((int)(At * sampler.Nfe), 1, sampler.Nfe);
        var noise = new GivenNoise();
        noise.Set(Draw(-1));
        Tensor? seen = null;
        using var first = new SamplerRun(sampler, group.Denoiser, noise, group.Condition(Particles), group.Problem.Precision)
        {
            Observer = step => seen = (step.Denoised ?? step.State).alias().MoveToOuterDisposeScope(),
        };
        Advance(first, 0, halfway);
        var scores = group.Score(seen!);
        var survivors = group.Each((i, p) => (long)Enumerable.Range(i * Particles, Particles).OrderByDescending(member => scores[member]).ElementAt(p / 2));
        using var second = first.Fork(survivors, noise);
        Advance(second, halfway, sampler.Rows.Count);
        var sample = second.Finish(group.Cancellation);
        var final = group.Score(sample);
        return group.Finish(sample, final, group.BestMembers(final), cost, 2 * Particles, _ => null);

        void Advance(SamplerRun run, int from, int to)
        {
            for (var row = from; row < to; row++)
            {
                if (sampler.Rows[row].Noise != 0)
                {
                    noise.Set(Draw(row));
                }

                run.AdvanceTo(row + 1, group.Cancellation);
            }
        }

        Tensor Draw(int row) => CandidateNoise.Normal(
            group.Each((i, p) => NoiseAddress.Of(group.Seed(i), DrawPurpose.Other, 1, repeat, row, p)), group.Shape);
    }
}
