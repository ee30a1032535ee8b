using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;

namespace DiffuSharp.Search.Algorithms;

/// <summary>
/// Previews, and a budget that moves between images. Fresh noises are tried with a short sampler and only the most promising one is generated in full; after one such
/// turn for every image, each round gives further turns to the quarter of the images with most to gain. What a further turn may gain is the way up to the best score
/// of the block, but no more than the standard deviation of the image's own previews, over the full generations that it has had.
/// NFE of all images = turns × (previews × preview + candidate), never more than images × budget.
/// </summary>
[Recipe("adaptive")]
public sealed record AdaptiveAllocation : SearchAlgorithm
{
    private const int PartOfARound = 4;

    /// <summary>Evaluations of the short sampler, 5 unless its file is named: the learned one beside the model, or else iPNDM.</summary>
    [Range(2, 100_000)]
    [RecipeOption(Name = "preview-nfe")]
    public int? PreviewNfe { get; init; }

    /// <summary>File of the short sampler.</summary>
    [RecipeOption(Name = "preview-sampler", File = true)]
    public string? PreviewSampler { get; init; }

    /// <summary>The short sampler itself, which must be there before the search.</summary>
    [RecipeOption(Ignore = true)]
    public SamplerTableau? Preview { get; init; }

    /// <summary>Previews before a full generation, at least 1; small budgets allow fewer.</summary>
    [Range(1, 1 << 20)]
    public int Previews { get; init; } = 12;

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> Options => Preview is null ? base.Options :
    [
        new("preview-nfe", $"{Preview.Nfe}"), new("preview-sampler", FileHash.Short(FileHash.OfText(Preview.ToString()))), new("previews", $"{Previews}"),
    ];

    /// <inheritdoc/>
    public override string Identity => $"{Name} {string.Join(' ', Options)}";

    /// <inheritdoc/>
    public override bool FindsNoise => true;

    /// <inheritdoc/>
    public override bool PoolsBudget => true;

    /// <inheritdoc/>
    protected override void Check(SearchProblem problem)
    {
        if (problem.Budget.Nfe is null || problem.Budget.VerifierCalls is not null)
        {
            throw new InvalidInputException("adaptive: needs a budget in NFE, and none in verifier calls");
        }

        if (Preview is null)
        {
            throw Invalid("has no preview; name a sampler");
        }

        if (problem.CostOf(Preview) >= problem.CostOf(problem.Sampler))
        {
            throw new InvalidInputException(
                $"adaptive: the preview costs {problem.CostOf(Preview)} NFE, a candidate {problem.CostOf(problem.Sampler)}; use a shorter preview");
        }
    }

    /// <inheritdoc/>
    public override void Run(SearchBlock block)
    {
        var states = block.Images.Select((image, i) => new State(i, image)).ToArray();
        if (block.WhoAfford(block.Problem.CostOf(block.Problem.Sampler), 1).Length == 0)
        {
            return;
        }

        Turn(block, states, Affordable(block, states.Length));
        while (block.WhoAfford(0, 0).Length > 0)
        {
            // The last turns of a budget have fewer previews.
            var count = (states.Length + PartOfARound - 1) / PartOfARound;
            while (count > 1 && Affordable(block, count) < Previews)
            {
                count--;
            }

            var previews = Affordable(block, count);
            if (previews < 0)
            {
                return;
            }

            var ceiling = states.Max(state => state.Best);
            State[] active = [.. states.Where(state => previews > 0 || state.HasWaiting)
                .OrderByDescending(state => state.Gain(ceiling)).ThenBy(state => state.Number).Take(count)];
            if (active.Length == 0)
            {
                return;
            }

            Turn(block, active, previews);
        }
    }

    // Previews that each of so many images can have before a full generation; below 0 if not even that can be paid.
    private int Affordable(SearchBlock block, int images)
    {
        var total = block.Images.Count * (block.Problem.Budget.Nfe!.Value - block.Problem.FinalNfe);
        var share = (total - block.Images.Sum(image => image.Nfe)) / images;
        var full = block.Problem.CostOf(block.Problem.Sampler);
        return share < full ? -1 : (int)Math.Min(Previews, (share - full) / block.Problem.CostOf(Preview!));
    }

    private void Turn(SearchBlock block, State[] active, int previews)
    {
        Candidate[] tried = [.. active.SelectMany(state => Enumerable.Range(0, previews).Select(_ => state.Fresh()))];
        foreach (var ((candidate, score), k) in tried.Zip(block.Preview(tried, Preview!)).Select((pair, k) => (pair, k)))
        {
            active[k / previews].Note(candidate, score);
        }

        block.Generate([.. active.Select(state => state.TakeBest())]);
    }

    /// <summary>The noises of one image.</summary>
    private sealed class State(int number, SearchedImage image)
    {
        private readonly PriorityQueue<Candidate, double> _waiting = new();
        private readonly List<double> _scores = [];
        private int _drawn;
        private int _tries;

        public int Number => number;

        public double Best => image.Best;

        /// <summary>Whether a preview was not yet generated in full.</summary>
        public bool HasWaiting => _waiting.Count > 0;

        public Candidate Fresh() => new(number, RandomSearch.NoiseOf(image, _drawn++));

        public void Note(Candidate candidate, double score)
        {
            _scores.Add(score);
            _waiting.Enqueue(candidate, -score);
        }

        /// <summary>What one more turn may gain.</summary>
        public double Gain(double ceiling)
        {
            return Math.Min(ceiling - Best, Spread()) / _tries;
        }

        /// <summary>The noise with the best preview; without previews a fresh one.</summary>
        public Candidate TakeBest()
        {
            _tries++;
            return HasWaiting ? _waiting.Dequeue() : Fresh();
        }

        private double Spread()
        {
            if (_scores.Count < 2)
            {
                return double.PositiveInfinity;
            }

            var mean = _scores.Average();
            return Math.Sqrt(_scores.Sum(s => (s - mean) * (s - mean)) / (_scores.Count - 1));
        }
    }
}
