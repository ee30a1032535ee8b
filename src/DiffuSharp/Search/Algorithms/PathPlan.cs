using DiffuSharp.Sampling;

namespace DiffuSharp.Search.Algorithms;

/// <summary>The levels of a search over paths on the rows of a sampler: one leg down to the start level, then one for each round.</summary>
public sealed class PathPlan
{
    private const double Rounding = 1e-9;

    /// <summary>Lays the plan.</summary>
    /// <param name="sampler">A sampler without memory between its steps.</param>
    /// <param name="paths">The levels.</param>
    /// <exception cref="InvalidInputException">The sampler has memory, or no row lies between the levels.</exception>
    public PathPlan(SamplerTableau sampler, PathSearch paths)
    {
        Sampler = sampler;
        var starts = TableauSegment.StartRows(sampler);
        if (starts.Count < 3 || starts[0] != 0)
        {
            throw new InvalidInputException(
                "paths: this sampler remembers earlier steps, a path cannot start within it; use euler, heun, ddim or ddpm with at least 3 steps");
        }

        var level = paths.Start;
        var row = Nearest(starts, paths.SigmaOf(level));
        First = Leg(0, row);
        var rounds = new List<PathLeg>();
        while (row < sampler.Nfe)
        {
            var up = Nearest(starts, paths.SigmaOf(level + paths.Forward));
            level = level + paths.Forward - paths.Backward;
            var down = level <= Rounding ? sampler.Nfe : Nearest(starts, paths.SigmaOf(level));
            if (up >= row || down <= up)
            {
                throw new InvalidInputException(
                    $"paths: a jump by {paths.Forward:R} lies between two rows of the sampler; use more steps or a longer jump");
            }

            rounds.Add(Leg(up, down));
            row = down;
        }

        Rounds = rounds;
    }

    /// <summary>The sampler.</summary>
    public SamplerTableau Sampler { get; }

    /// <summary>From the prior to the start level.</summary>
    public PathLeg First { get; }

    /// <summary>One for each round; the last ends at the sample.</summary>
    public IReadOnlyList<PathLeg> Rounds { get; }

    /// <summary>Whether a leg ends at the sample, so that no prediction of it is needed.</summary>
    public bool IsLast(PathLeg leg) => leg.To == Sampler.Nfe;

    /// <summary>
    /// NFE of one image: survivors × first leg + Σ over rounds of survivors × children × (leg + 1), where the 1 is the prediction that is scored and is not
    /// needed in the last round.
    /// </summary>
    public long Cost(SearchProblem problem, int survivors, int children) =>
        (survivors * problem.CostOf(First.Segment))
        + Rounds.Sum(leg => survivors * children * (problem.CostOf(leg.Segment) + (IsLast(leg) ? 0 : problem.Denoiser.EvaluationsAt(Sampler.Rows[leg.To].Sigma))));

    private PathLeg Leg(int from, int to) => new(from, to, TableauSegment.Create(Sampler, from, to));

    private int Nearest(IReadOnlyList<int> starts, double sigma) => double.IsPositiveInfinity(sigma)
        ? starts[0]
        : starts.MinBy(row => Math.Abs(Math.Log(Sampler.Rows[row].Sigma / sigma)));
}
