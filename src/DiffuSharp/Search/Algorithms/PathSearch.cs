using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Search.Noise;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Algorithms;

/// <summary>
/// Search over paths (Ma et al. 2025): N samples are run down to a start level; in each round every one of them is noised M times by a forward jump and run
/// down a little further than before, the predicted clean images are scored, and the best N go on, until they are samples; the best sample wins.
/// Levels are those of the sampler's rows next to the wanted ones. While the budget lasts, it is repeated with fresh noise.
/// </summary>
[Recipe("paths", Source = "Ma et al. 2025")]
public sealed record PathSearch : SearchAlgorithm
{
    /// <summary>N, paths that survive a round.</summary>
    [Range(1, 1 << 20)]
    public int Survivors { get; init; } = 2;

    /// <summary>M, forward jumps from each of them.</summary>
    [Range(1, 1 << 20)]
    public int Children { get; init; } = 2;

    /// <summary>The level from which the first jump starts.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    [RecipeOption(Name = "path-start")]
    public double Start { get; init; } = 0.11;

    /// <summary>Length of a jump forward.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    [RecipeOption(Name = "path-forward")]
    public double Forward { get; init; } = 0.78;

    /// <summary>Length of a run backward, more than <see cref="Forward"/>.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    [RecipeOption(Name = "path-backward")]
    public double Backward { get; init; } = 0.81;

    /// <summary>In which variable the three are given.</summary>
    [RecipeOption(Name = "path-coordinate")]
    public PathCoordinate Coordinate { get; init; }

    /// <inheritdoc/>
    public override bool FindsNoise => false;

    /// <summary>σ of a level; ∞ from t = 1 on.</summary>
    public double SigmaOf(double level) => Coordinate == PathCoordinate.Sigma ? level : level >= 1 ? double.PositiveInfinity : level / (1 - level);

    /// <inheritdoc/>
    protected override void Check()
    {
        if (!(Backward > Forward))
        {
            throw Invalid($"path-forward is {Forward:R} and path-backward is {Backward:R}; backward must be the larger");
        }
    }

    /// <inheritdoc/>
    protected override void Check(SearchProblem problem)
    {
        if (Start / (Backward - Forward) > 1000)
        {
            throw new InvalidInputException("paths: more than 1000 rounds; let backward exceed forward by more");
        }

        Particles.RequireImageVerifier(problem, Name);
        _ = new PathPlan(problem.Sampler, this);
    }

    /// <inheritdoc/>
    public override void Run(SearchBlock block)
    {
        var plan = new PathPlan(block.Problem.Sampler, this);
        var width = Survivors * Children;
        var cost = plan.Cost(block.Problem, Survivors, Children);
        var calls = plan.Rounds.Count * width;
        for (var repeat = 0; block.WhoAfford(cost, calls) is { Length: > 0 } images; repeat++)
        {
            var round = repeat;
            block.RunGroups(images, width, group => RunOnce(group, plan, round, cost, calls));
        }
    }

    /// <summary>x + √(σ'² − σ²) z: the state at a higher noise level from one at a lower (the diffusion process itself).</summary>
    internal static Tensor Jump(Tensor x, double sigma, double higher, Tensor z) => x + (z * Math.Sqrt((higher * higher) - (sigma * sigma)));

    private IReadOnlyList<Outcome> RunOnce(ParticleGroup group, PathPlan plan, int repeat, long cost, int calls)
    {
        var x = Begin(group, plan, repeat);
        var level = plan.First.To;
        double[] scores = [];
        for (var round = 0; round < plan.Rounds.Count; round++)
        {
            group.Cancellation.ThrowIfCancellationRequested();
            var before = x;
            (x, scores) = Advance(group, plan, before, level, repeat, round);
            before.Dispose();
            level = plan.Rounds[round].To;
        }

        return group.Finish(x, scores, group.BestMembers(scores), cost, calls, _ => null);
    }

    // The survivors at the start level.
    private Tensor Begin(ParticleGroup group, PathPlan plan, int repeat)
    {
        using var scope = torch.NewDisposeScope();
        var first = plan.Sampler.Rows[0];
        var prior = Draw(group, Survivors, repeat, round: -1, row: 0) * first.Prior;
        if (first.Noise != 0)
        {
            prior = prior + (Draw(group, Survivors, repeat, round: -2, row: 0) * first.Noise);
        }

        return Walk(group, plan.First, prior, Survivors, repeat, -1).MoveToOuterDisposeScope();
    }

    // The survivors of a round with the scores of all its members; in the last round all members, finished.
    private (Tensor X, double[] Scores) Advance(ParticleGroup group, PathPlan plan, Tensor x, int level, int repeat, int round)
    {
        using var scope = torch.NewDisposeScope();
        var (rows, leg, width) = (plan.Sampler.Rows, plan.Rounds[round], Survivors * Children);
        var jumped = Jump(
            x.index_select(0, torch.tensor(group.Each(width, (i, p) => (long)((i * Survivors) + (p / Children))), device: x.device)),
            rows[level].Sigma,
            rows[leg.From].Sigma,
            Draw(group, width, repeat, round, leg.From).to(x.device, x.dtype));
        var walked = Walk(group, leg, jumped, width, repeat, round);
        if (plan.IsLast(leg))
        {
            return (walked.MoveToOuterDisposeScope(), group.Score(walked));
        }

        var scores = group.Score(group.Denoiser.Denoise(walked, torch.tensor([rows[leg.To].Sigma]), group.Condition(width)));
        return (walked.index_select(0, torch.tensor(Best(scores, group.Count, width), device: x.device)).MoveToOuterDisposeScope(), scores);
    }

    private static Tensor Walk(ParticleGroup group, PathLeg leg, Tensor start, int width, int repeat, int round)
    {
        var rows = leg.Segment.Rows;
        var noise = new GivenNoise();
        noise.Set(start);
        using var run = new SamplerRun(leg.Segment, group.Denoiser, noise, group.Condition(width), group.Problem.Precision);
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Noise != 0)
            {
                noise.Set(Draw(group, width, repeat, round, leg.From + i));
            }

            run.AdvanceTo(i + 1, group.Cancellation);
        }

        return run.Finish();
    }

    private static Tensor Draw(ParticleGroup group, int width, int repeat, int round, int row) => CandidateNoise.Normal(
        group.Each(width, (i, p) => NoiseAddress.Of(group.Seed(i), DrawPurpose.Jump, repeat, round, row, p)), group.Shape);

    // Members of the best N of each image, best first.
    private long[] Best(double[] scores, int images, int width) =>
    [
        .. Enumerable.Range(0, images).SelectMany(i => Enumerable.Range(i * width, width).OrderByDescending(member => scores[member]).Take(Survivors))
            .Select(member => (long)member),
    ];
}

/// <summary>In which variable the levels of a search over paths are given.</summary>
public enum PathCoordinate
{
    /// <summary>Time t of the linear interpolant x = (1 − t) y + t n, in [0, 1]: σ = t/(1 − t).</summary>
    Interpolant,

    /// <summary>σ itself.</summary>
    Sigma,
}
