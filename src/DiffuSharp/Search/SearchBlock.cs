using DiffuSharp.Sampling;
using DiffuSharp.Search.Noise;
using DiffuSharp.Torch;

namespace DiffuSharp.Search;

/// <summary>Images that are searched together: what an algorithm may ask for, and the only way to spend their budget.</summary>
public sealed class SearchBlock
{
    private readonly SearchRecord _record;
    private readonly CandidateRunner _runner;
    private readonly Action _progress;
    private readonly bool _pooled;
    private readonly double _until;
    private SearchCost _cost;

    internal SearchBlock(
        SearchProblem problem, IReadOnlyList<SearchedImage> images, bool pooled, SearchRecord record, double until, CandidateRunner runner, Action progress,
        CancellationToken cancellation)
    {
        (Problem, Images, Cancellation, _until) = (problem, images, cancellation, until);
        (_pooled, _record, _runner, _progress) = (pooled, record, runner, progress);
    }

    /// <summary>The problem.</summary>
    public SearchProblem Problem { get; }

    /// <summary>The images of the block.</summary>
    public IReadOnlyList<SearchedImage> Images { get; }

    /// <summary>Stops between two rows.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>What the block has cost so far.</summary>
    internal SearchCost Cost => _cost;

    /// <summary>
    /// Numbers of the images that can pay for more; with a pooled budget, of all or none. When the block's time is over, only images without a candidate go on.
    /// </summary>
    /// <param name="nfe">Network evaluations of the next step for each image.</param>
    /// <param name="calls">Verifier calls of it.</param>
    public int[] WhoAfford(long nfe, long calls)
    {
        var (budget, final) = (Problem.Budget, Problem.FinalNfe);
        var late = _record.Seconds >= _until;
        if (_pooled)
        {
            var n = Images.Count;
            return (late && Images.All(i => i.Trace.Count > 0))
                || Images.Sum(i => i.Nfe) + (n * (nfe + final)) > n * budget.Nfe || Images.Sum(i => i.VerifierCalls) + (n * calls) > n * budget.VerifierCalls
                ? []
                : [.. Enumerable.Range(0, n)];
        }

        return [.. Enumerable.Range(0, Images.Count).Where(i =>
            !(late && Images[i].Trace.Count > 0) && !(Images[i].Nfe + nfe + final > budget.Nfe) && !(Images[i].VerifierCalls + calls > budget.VerifierCalls))];
    }

    /// <summary>Runs and scores candidates, charges them to their images and offers them as winners.</summary>
    /// <param name="candidates">Any number, batched here.</param>
    /// <returns>Their scores.</returns>
    public double[] Generate(IReadOnlyList<Candidate> candidates) => Generate(candidates, Problem.Sampler, offer: true);

    /// <summary>Runs and scores candidates with a cheaper sampler, to choose among them: they are charged, but cannot win.</summary>
    /// <param name="candidates">Any number, batched here.</param>
    /// <param name="sampler">The cheaper sampler.</param>
    /// <returns>Their scores.</returns>
    public double[] Preview(IReadOnlyList<Candidate> candidates, SamplerTableau sampler) => Generate(candidates, sampler, offer: false);

    /// <summary>
    /// Runs images of which each needs several particles at once, in groups whose particles fill whole batches; each group is one unit of a checkpoint.
    /// </summary>
    /// <param name="images">Numbers of the images.</param>
    /// <param name="width">Particles of each.</param>
    /// <param name="work">Gives the finished candidates of a group, in the order in which they were paid for.</param>
    public void RunGroups(IReadOnlyList<int> images, int width, Func<ParticleGroup, IReadOnlyList<Outcome>> work)
    {
        var size = Problem.Batch / (int)System.Numerics.BigInteger.GreatestCommonDivisor(Problem.Batch, width);
        foreach (var members in images.Chunk(size))
        {
            Settle(
                () =>
                {
                    using var scope = torch.NewDisposeScope();
                    using var mode = torch.no_grad();
                    return work(new ParticleGroup(this, _runner, members, width));
                },
                offer: true,
                outcome => outcome.Line is { } line ? new AddressedNoise(line) : null);
        }
    }

    /// <summary>Whether a candidate would become the best of its image.</summary>
    internal bool IsImprovement(int image, double score) => score > Images[image].Best;

    private double[] Generate(IReadOnlyList<Candidate> candidates, SamplerTableau sampler, bool offer)
    {
        var scores = new List<double>(candidates.Count);
        foreach (var chunk in candidates.Chunk(Problem.Batch))
        {
            var noises = new Queue<CandidateNoise>(chunk.Select(candidate => candidate.Noise));
            var outcomes = Settle(
                () => _runner.Run(chunk, Images, sampler, (image, score) => offer && IsImprovement(image, score), Cancellation),
                offer,
                _ => noises.Dequeue());
            scores.AddRange(outcomes.Select(outcome => outcome.Score));
        }

        return [.. scores];
    }

    private IReadOnlyList<Outcome> Settle(Func<IReadOnlyList<Outcome>> work, bool offer, Func<Outcome, CandidateNoise?> noise)
    {
        Cancellation.ThrowIfCancellationRequested();
        var unit = _record.Next(work, ref _cost);
        foreach (var outcome in unit.Outcomes)
        {
            var image = Images[outcome.Image];
            image.Charge(outcome);
            if (offer)
            {
                var spent = _pooled ? (Images.Sum(i => i.Nfe) + Images.Count - 1) / Images.Count : image.Nfe;
                image.Offer(outcome.Score, spent, outcome.Pixels, Problem.Denoiser.Shape, noise(outcome));
            }
        }

        _progress();
        return unit.Outcomes;
    }
}
