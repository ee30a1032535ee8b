using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Search.Noise;
using DiffuSharp.Torch;

namespace DiffuSharp.Search;

/// <summary>Runs candidates through a sampler and scores their images.</summary>
internal sealed class CandidateRunner(SearchProblem problem, Scorer scorer)
{
    public Scorer Scorer => scorer;

    /// <summary>Outcomes of one batch.</summary>
    /// <param name="candidates">The candidates.</param>
    /// <param name="images">The block that they belong to.</param>
    /// <param name="sampler">The sampler.</param>
    /// <param name="keep">Whether the pixels of a candidate with this score are wanted.</param>
    /// <param name="cancellation">Stops between two rows.</param>
    /// <param name="score">Whether the verifier is asked; scores are 0 otherwise.</param>
    public IReadOnlyList<Outcome> Run(
        IReadOnlyList<Candidate> candidates, IReadOnlyList<SearchedImage> images, SamplerTableau sampler,
        Func<int, double, bool> keep, CancellationToken cancellation, bool score = true)
    {
        using var scope = torch.NewDisposeScope();
        using var noise = new CandidateNoiseSource(candidates.Select(c => c.Noise), problem.Denoiser.Shape);
        var watched = scorer.ObservedRow(sampler);
        Tensor? observed = null;
        using var run = new SamplerRun(sampler, problem.Denoiser, noise, ConditionOf(candidates.Select(c => images[c.Image])), problem.Precision)
        {
            Observer = step =>
            {
                if (step.Row == watched)
                {
                    observed = step.Denoised!.clone().MoveToOuterDisposeScope();
                }
            },
        };
        var sample = run.Finish(cancellation);
        var scores = score ? scorer.Score(sample, ClassesOf(candidates.Select(c => images[c.Image])), observed) : new double[candidates.Count];
        var cost = problem.CostOf(sampler);
        var kept = Enumerable.Range(0, scores.Length).Where(i => keep(candidates[i].Image, scores[i])).ToArray();
        var pixels = PixelsOf(sample, kept, [.. kept.Select(i => images[candidates[i].Image].Seed)]);
        return [.. scores.Select((value, i) => new Outcome(candidates[i].Image, value, cost, score ? 1 : 0) { Pixels = pixels.GetValueOrDefault(i) })];
    }

    /// <summary>Labels of a batch.</summary>
    public Condition? ConditionOf(IEnumerable<SearchedImage> images) =>
        ClassesOf(images) is { } classes ? Condition.OfClasses(classes, problem.Denoiser.LabelDim, problem.Denoiser.Device) : null;

    /// <summary>Classes of a batch; null where the model has none.</summary>
    public long[]? ClassesOf(IEnumerable<SearchedImage> images) =>
        problem.Denoiser.LabelDim == 0 ? null : [.. images.Select(image => (long)image.Class!.Value)];

    /// <summary>8-bit pixels of some members of a batch, by their numbers in it.</summary>
    public static Dictionary<int, byte[]> PixelsOf(Tensor sample, int[] members, long[] seeds)
    {
        if (members.Length == 0)
        {
            return [];
        }

        using var scope = torch.NewDisposeScope();
        var index = torch.tensor([.. members.Select(i => (long)i)], device: sample.device);
        var pixels = SamplePixels.Of(sample.index_select(0, index), seeds);
        return members.Zip(pixels).ToDictionary(pair => pair.First, pair => pair.Second);
    }
}
