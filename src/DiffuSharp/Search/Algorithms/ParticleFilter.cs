using DiffuSharp.Sampling;
using DiffuSharp.Search.Noise;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Algorithms;

/// <summary>Sequential Monte Carlo on the rows of a sampler.</summary>
internal sealed class ParticleFilter
{
    private readonly FkSteering _options;
    private readonly SamplerTableau _sampler;

    public ParticleFilter(FkSteering options, SamplerTableau sampler)
    {
        (_options, _sampler) = (options, sampler);
        var lastNoisy = Enumerable.Range(0, sampler.Rows.Count).Last(i => sampler.Rows[i].Noise != 0);

        // Resampling after the last noise would only make equal particles.
        ScoredRows = Enumerable.Range(1, sampler.Nfe - 1).Where(i => i < lastNoisy && i % options.Every == 0).ToHashSet();
    }

    /// <summary>The rows whose denoised images are scored.</summary>
    public IReadOnlySet<int> ScoredRows { get; }

    /// <summary>Runs all particles of a group.</summary>
    public ParticleCloud Run(ParticleGroup group, int repeat)
    {
        var noise = new GivenNoise();
        var lines = group.Each((i, p) => new List<ulong> { Key(group, i, p, repeat, -1) });
        var potentials = group.Each((_, _) => new PotentialState(_options.Potential, _options.Lambda));
        var logWeights = new double[lines.Length];
        Tensor? denoised = null;
        noise.Set(CandidateNoise.Normal([.. lines.Select(line => line[^1])], group.Shape));
        var run = new SamplerRun(_sampler, group.Denoiser, noise, group.Condition(group.Width), group.Problem.Precision)
        {
            Observer = step => denoised = step.Denoised?.alias().MoveToOuterDisposeScope(),
        };
        try
        {
            for (var row = 0; row < _sampler.Rows.Count; row++)
            {
                using var scope = torch.NewDisposeScope();
                if (_sampler.Rows[row].Noise != 0)
                {
                    var keys = group.Each((i, p) => Key(group, i, p, repeat, row));
                    noise.Set(CandidateNoise.Normal(keys, group.Shape));
                    for (var member = 0; member < keys.Length; member++)
                    {
                        lines[member].Add(keys[member]);
                    }
                }

                run.AdvanceTo(row + 1, group.Cancellation);
                if (!ScoredRows.Contains(row))
                {
                    continue;
                }

                Weigh(group.Score(denoised!), potentials, logWeights);
                if (Resample(group, logWeights, repeat, row) is { } ancestors)
                {
                    var parent = run;
                    run = parent.Fork([.. ancestors.Select(a => (long)a)], noise);
                    parent.Dispose();
                    lines = Array.ConvertAll(ancestors, a => lines[a].ToList());
                    potentials = Array.ConvertAll(ancestors, a => potentials[a]);
                    logWeights = Array.ConvertAll(ancestors, a => logWeights[a]);
                }
            }

            var samples = run.Finish();
            var rewards = group.Score(samples);
            return new ParticleCloud(
                samples, rewards, [.. rewards.Select((r, m) => logWeights[m] + potentials[m].Finish(r))], Array.ConvertAll(lines, line => line.ToArray()));
        }
        finally
        {
            run.Dispose();
        }
    }

    private static void Weigh(double[] rewards, PotentialState[] potentials, double[] logWeights)
    {
        for (var member = 0; member < rewards.Length; member++)
        {
            (var weight, potentials[member]) = potentials[member].Weigh(rewards[member]);
            logWeights[member] += weight;
        }
    }

    // The ancestors of all members; null if no image is resampled. Resampled images get equal weights, the others keep theirs.
    private int[]? Resample(ParticleGroup group, double[] logWeights, int repeat, int row)
    {
        var width = group.Width;
        var ancestors = Enumerable.Range(0, logWeights.Length).ToArray();
        var resampled = false;
        for (var i = 0; i < group.Count; i++)
        {
            var weights = Resampling.Normalise(logWeights.AsSpan(i * width, width));
            if (Resampling.EffectiveSize(weights) < _options.EssThreshold * width)
            {
                var uniform = NoiseAddress.Uniform(NoiseAddress.Of(group.Seed(i), DrawPurpose.Resampling, repeat, row));
                var chosen = Resampling.Systematic(weights, uniform);
                for (var p = 0; p < width; p++)
                {
                    ancestors[(i * width) + p] = (i * width) + chosen[p];
                }

                logWeights.AsSpan(i * width, width).Clear();
                resampled = true;
            }
        }

        return resampled ? ancestors : null;
    }

    private static ulong Key(ParticleGroup group, int i, int p, int repeat, int row) =>
        NoiseAddress.Of(group.Seed(i), DrawPurpose.Particle, repeat, row, p);
}
