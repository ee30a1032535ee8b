using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Algorithms;

/// <summary>
/// Successive halving across candidates and images. Many fresh noises are tried with a short preview sampler, and only the most promising of them are generated in full; from
/// round to round the budget of the block goes to the half of the images that can still gain most, by the expected improvement of one more candidate over the best image so far.
/// NFE of all images = images × candidate + Σ over rounds of active images × (previews × preview + finalists × candidate), never more than images × budget.
/// </summary>
public sealed record AdaptiveAllocation : ISearchAlgorithm
{
    /// <summary>The short sampler.</summary>
    public required SamplerTableau Preview { get; init; }

    /// <summary>Rounds; each but the first halves the active images. Small budgets allow fewer.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Previews for each full generation, at least 1.</summary>
    public int Ratio { get; init; } = 8;

    /// <inheritdoc/>
    public string Name => "adaptive";

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, string>> Options => [new("preview-nfe", $"{Preview.Nfe}"), new("rounds", $"{Rounds}"), new("ratio", $"{Ratio}")];

    /// <inheritdoc/>
    public bool FindsNoise => true;

    /// <inheritdoc/>
    public bool PoolsBudget => true;

    /// <inheritdoc/>
    public void Validate(SearchProblem problem)
    {
        if (Rounds < 1 || Ratio < 1)
        {
            throw new InvalidInputException($"rounds {Rounds}, ratio {Ratio}: at least 1 of each is needed");
        }

        if (problem.Budget.Nfe is null || problem.Budget.VerifierCalls is not null)
        {
            throw new InvalidInputException("adaptive: needs a budget in NFE, and none in verifier calls");
        }

        if (problem.CostOf(Preview) >= problem.CostOf(problem.Sampler))
        {
            throw new InvalidInputException(
                $"adaptive: the preview costs {problem.CostOf(Preview)} NFE, a candidate {problem.CostOf(problem.Sampler)}; use a shorter preview");
        }
    }

    /// <inheritdoc/>
    public void Run(SearchBlock block)
    {
        var states = block.Images.Select((image, i) => new State(i, image)).ToArray();
        var full = block.Problem.CostOf(block.Problem.Sampler);
        block.Generate([.. block.WhoAfford(full, 1).Select(i => new Candidate(i, block.Images[i].Own))]);

        // Small budgets allow fewer rounds: in the first, every image needs a preview and a full generation; if not even one such round is possible, those
        // with the lowest scores get it.
        var least = full + block.Problem.CostOf(Preview);
        var rounds = (int)Math.Clamp(Left(block) / (states.Length * least), 1, Rounds);
        for (var round = 0; round < rounds; round++)
        {
            var count = (int)Math.Min((states.Length + (1 << round) - 1) >> round, Left(block) / least);
            if (count == 0)
            {
                break;
            }

            Spend(block, [.. MostToGain(states).Take(count)], Left(block) / (rounds - round) / count, full);
        }

        // What integer shares left over goes on to those with most to gain, one full generation of a waiting preview each.
        var rest = MostToGain(states.Where(state => state.Waiting.Count > 0)).Take((int)(Left(block) / full));
        block.Generate([.. rest.Select(state => state.TakeBest())]);
    }

    private void Spend(SearchBlock block, State[] active, long share, long full)
    {
        var preview = block.Problem.CostOf(Preview);
        var finalists = (int)(share / (full + (Ratio * preview)));
        finalists = Math.Max(finalists, share >= full + preview ? 1 : 0);
        var previews = (int)Math.Max(0, (share - (finalists * full)) / preview);
        if (finalists == 0 || previews == 0 || block.WhoAfford(0, 0).Length == 0)
        {
            return;
        }

        Candidate[] tried = [.. active.SelectMany(state => Enumerable.Range(0, previews).Select(_ => state.Fresh()))];
        foreach (var ((candidate, score), k) in tried.Zip(block.Preview(tried, Preview)).Select((pair, k) => (pair, k)))
        {
            active[k / previews].Note(candidate, score);
        }

        block.Generate([.. active.SelectMany(state => Enumerable.Range(0, finalists).Select(_ => state.TakeBest()))]);
    }

    private static IEnumerable<State> MostToGain(IEnumerable<State> states) =>
        states.OrderByDescending(state => state.Gain).ThenBy(state => state.Best).ThenBy(state => state.Number);

    private static long Left(SearchBlock block) =>
        (block.Images.Count * (block.Problem.Budget.Nfe!.Value - block.Problem.FinalNfe)) - block.Images.Sum(image => image.Nfe);

    /// <summary>The previews of one image.</summary>
    private sealed class State(int number, SearchedImage image)
    {
        private readonly List<double> _scores = [];
        private int _drawn;

        public int Number => number;

        public double Best => image.Best;

        /// <summary>Previews that were not generated in full.</summary>
        public List<(Candidate Candidate, double Score)> Waiting { get; } = [];

        /// <summary>Expected improvement of one more candidate over the best image, if scores were normal and previews told them; ∞ before there are two.</summary>
        public double Gain
        {
            get
            {
                if (_scores.Count < 2)
                {
                    return double.PositiveInfinity;
                }

                var mean = _scores.Average();
                var deviation = Math.Sqrt(_scores.Sum(s => (s - mean) * (s - mean)) / (_scores.Count - 1));
                return deviation == 0 ? 0 : deviation * Excess((image.Best - mean) / deviation);
            }
        }

        public Candidate Fresh() => new(number, RandomSearch.NoiseOf(image, ++_drawn));

        public void Note(Candidate candidate, double score)
        {
            _scores.Add(score);
            Waiting.Add((candidate, score));
        }

        public Candidate TakeBest()
        {
            var best = Waiting.MaxBy(entry => entry.Score);
            Waiting.Remove(best);
            return best.Candidate;
        }

        // E max(0, Z − z) of a unit normal Z.
        private static double Excess(double z)
        {
            using var scope = torch.NewDisposeScope();
            var tail = torch.tensor([-z]).special_ndtr().item<double>();
            return (Math.Exp(-0.5 * z * z) / Math.Sqrt(Math.Tau)) - (z * tail);
        }
    }
}
