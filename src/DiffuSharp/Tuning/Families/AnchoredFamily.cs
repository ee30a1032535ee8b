using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Tuning.Families;

/// <summary>
/// A hand-made solver at learned noise levels plus corrections that start at 0 (after Theorem 1's remark that explicit multistep solvers are
/// points of GGDM with PRED and TIME, Watson et al. 2022, and the anchored parametrisation of generalised solvers). At the start it is the
/// solver. With all parameters it reaches every sampler x_i = α x_{i−1} + Σ c_ij D_j, α &gt; 0, whose network is told any σ_i; without <c>last</c>, and from a base
/// whose sample is its last D, those of GGDM with PRED and TIME that draw no noise. Parameters, all 0 at the start:
/// <list type="bullet">
/// <item><c>levels</c>, N: see <see cref="LearnedLevels"/>; the base's numbers follow.</item>
/// <item><c>network</c>, K: ln of the level told to the network over the level of the state.</item>
/// <item><c>state</c>, rows 1…K − 1 with states: ln of a factor on all a_ij of row i.</item>
/// <item><c>scale</c>, K: added to the coefficient of the newest D in row i.</item>
/// <item><c>history</c>, (K − 1)(K − 2)/2: weights of older D at the newest one's expense, in all rows but the last; they keep the marginals.</item>
/// <item><c>last</c>, K − 1: the same in the last row, the sample.</item>
/// <item><c>prediction</c>, 1: weight of the last state in the sample, at the newest D's expense.</item>
/// </list>
/// </summary>
public sealed class AnchoredFamily : SamplerFamily
{
    private readonly BaseSolverMap _base;
    private readonly LearnedLevels _levels;
    private readonly Parameter _theta;
    private readonly Parameter[] _factors;
    private readonly Parameter[] _additions;
    private readonly Tensor _factorPlaces;   // [P, factors]
    private readonly Tensor _additionPlaces; // [P, additions]

    /// <summary>Starts at a solver.</summary>
    /// <param name="solver">The base: any solver whose rows do not depend on the values of the levels.</param>
    /// <param name="levels">σ_0 … σ_N = 0.</param>
    /// <exception cref="InvalidInputException">The levels do not fall strictly to 0, or an option of the base is out of range.</exception>
    public AnchoredFamily(Solver solver, NoiseLevels levels)
        : this(solver.Build, RecipeAliases.Usual(solver).Name, levels, start: null)
    {
    }

    private AnchoredFamily(Func<NoiseLevels, SamplerTableau> build, string name, NoiseLevels levels, SamplerTableau? start)
    {
        var initial = LevelChecks.Positive(levels);
        _levels = new LearnedLevels(initial);
        _base = new BaseSolverMap(build, levels, Corrected, start);
        BaseName = name;

        var rows = Layout.Rows;
        int[] withStates = [.. Enumerable.Range(1, rows - 2).Where(i => PlacesOf(CoefficientKind.State, i).Any())];
        var older = HistoryDifferences.Places(rows);
        (int Row, int Column)[] history = [.. older.Where(p => p.Row < rows - 1)], last = [.. older.Where(p => p.Row == rows - 1)];
        _theta = Learned("levels", new double[initial.Length]);
        _factors = [Learned("network", new double[rows - 1]), Learned("state", new double[withStates.Length])];
        _additions =
        [
            Learned("scale", new double[rows - 1]), Learned("history", new double[history.Length]), Learned("last", new double[last.Length]),
            Learned("prediction", 0),
        ];

        using var scope = torch.NewDisposeScope();
        _factorPlaces = Matrix(
        [
            .. Enumerable.Range(0, rows - 1).Select(i => One(PlacesOf(CoefficientKind.Sigma, i))),
            .. withStates.Select(i => One(PlacesOf(CoefficientKind.State, i))),
        ]);
        _additionPlaces = Matrix(
        [
            .. Enumerable.Range(1, rows - 1).Select(i => One([Newest(i)])),
            .. history.Concat(last).Select(p => Instead(Position(p.Row, p.Column), p.Row)),
            Instead(Layout.PositionOf(new(CoefficientKind.State, rows - 1, rows - 2))!.Value, rows - 1),
        ]);

        int Position(int i, int j) => Layout.PositionOf(new(CoefficientKind.Denoised, i, j))!.Value;
        int Newest(int i) => Position(i, i - 1);
        (int Position, double Value)[] Instead(int position, int row) => [(position, 1), (Newest(row), -1)];
    }

    /// <summary>
    /// Starts at a sampler that was learned before: its numbers are the solver's at its levels plus constants. What its network is told counts as its levels, so
    /// <c>network</c> is from here on a factor on that.
    /// </summary>
    /// <param name="start">The sampler; the levels that its network is told fall strictly, and it ends without noise.</param>
    /// <param name="solver">The base, whose numbers follow the levels; it has as many rows.</param>
    /// <exception cref="InvalidInputException">The base has other rows, or the levels do not fall strictly to 0.</exception>
    public static AnchoredFamily At(SamplerTableau start, Solver solver) =>
        new(solver.Build, RecipeAliases.Usual(solver).Name, new NoiseLevels([.. start.Rows.Select(row => row.Sigma)]), start);

    /// <summary>Starts at a solver of VP states that start at N(0, I), as those of a discrete process.</summary>
    /// <param name="solver">The base.</param>
    /// <param name="levels">σ_0 … σ_N = 0.</param>
    /// <exception cref="InvalidInputException">The levels do not fall strictly to 0.</exception>
    public static AnchoredFamily FromUnitVariance(Solver solver, NoiseLevels levels) =>
        new(solver.BuildFromUnitVariance, RecipeAliases.Usual(solver).Name, levels, start: null);

    /// <inheritdoc/>
    public override string Name => "anchored";

    /// <summary>The solver whose numbers follow the levels.</summary>
    public string BaseName { get; }

    /// <inheritdoc/>
    public override TableauLayout Layout => _base.Layout;

    /// <inheritdoc/>
    public override Tensor Coefficients()
    {
        using var scope = torch.NewDisposeScope();
        var factors = _factorPlaces.matmul(torch.cat(_factors)).exp();
        var additions = _additionPlaces.matmul(torch.cat(_additions));
        return ((_base.At(_levels.Logarithms(_theta)) * factors) + additions).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _factorPlaces.Dispose();
        _additionPlaces.Dispose();
        base.Dispose(disposing);
    }

    private static IEnumerable<TableauCoefficient> Corrected(int rows) => Enumerable.Range(1, rows - 1)
        .SelectMany(i => Enumerable.Range(0, i).Select(j => new TableauCoefficient(CoefficientKind.Denoised, i, j)))
        .Append(new TableauCoefficient(CoefficientKind.State, rows - 1, rows - 2));

    private static (int Position, double Value)[] One(IEnumerable<int> positions) => [.. positions.Select(p => (p, 1.0))];

    private IEnumerable<int> PlacesOf(CoefficientKind kind, int row) =>
        Layout.Coefficients.Index().Where(c => c.Item.Kind == kind && c.Item.Row == row).Select(c => c.Index);

    // One column for each entry of a parameter.
    private Tensor Matrix(IReadOnlyList<(int Position, double Value)[]> columns)
    {
        var matrix = new double[Layout.Coefficients.Count * columns.Count];
        for (var k = 0; k < columns.Count; k++)
        {
            foreach (var (position, value) in columns[k])
            {
                matrix[(position * columns.Count) + k] = value;
            }
        }

        return torch.tensor(matrix, [Layout.Coefficients.Count, columns.Count]).DetachFromDisposeScope();
    }
}
