using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Families;

/// <summary>
/// The numbers of a hand-made solver as a differentiable function of its noise levels. The solver is a plain function of numbers, so the
/// (small) Jacobian is taken by central differences of fourth order in ln σ, at steps that are small against the distance of the
/// levels: relative error about 1e-10. The values themselves are the solver's, exactly.
/// </summary>
internal sealed class BaseSolverMap
{
    private const double RelativeStep = 2e-3;

    private readonly Func<NoiseLevels, SamplerTableau> _solver;
    private readonly double[] _offsets;

    /// <summary>A solver at given levels.</summary>
    /// <param name="solver">Levels to tableau; the layout must not depend on the levels.</param>
    /// <param name="levels">Where it starts.</param>
    /// <param name="more">Places that the layout of so many rows holds besides the solver's own.</param>
    /// <param name="start">The sampler that it is to be there: what its numbers have over the solver's is added everywhere; null for the solver itself.</param>
    /// <exception cref="InvalidInputException">The solver and <paramref name="start"/> have other rows.</exception>
    public BaseSolverMap(Func<NoiseLevels, SamplerTableau> solver, NoiseLevels levels, Func<int, IEnumerable<TableauCoefficient>> more, SamplerTableau? start)
    {
        _solver = solver;
        var initial = solver(levels);
        if (start is not null && start.Rows.Count != initial.Rows.Count)
        {
            throw new InvalidInputException($"a sampler of {start.Nfe} evaluations cannot start from a base that makes {initial.Nfe} at its levels; name another base");
        }

        Layout = TableauLayout.Of(initial, more(initial.Rows.Count).Union(start is null ? [] : TableauLayout.Of(start).Coefficients));
        var own = Layout.Read(initial);
        _offsets = [.. own.Zip(Layout.Read(start ?? initial), (from, to) => to - from)];
    }

    /// <summary>The places of the solver and of the start, and the others.</summary>
    public TableauLayout Layout { get; }

    /// <summary>The numbers [P], differentiable in <paramref name="logarithms"/>.</summary>
    /// <param name="logarithms">ln σ_0 … ln σ_{N−1}, float64 [N].</param>
    public Tensor At(Tensor logarithms)
    {
        var at = logarithms.detach().ToArray<double>();
        var value = torch.tensor(Numbers(at));
        return logarithms.requires_grad
            ? value + Jacobian(at).matmul(logarithms - logarithms.detach())
            : value;
    }

    // Fourth order: (8 (f(h) − f(−h)) − (f(2h) − f(−2h)))/(12 h).
    private Tensor Jacobian(double[] at)
    {
        var gap = Enumerable.Range(0, at.Length - 1).Min(i => at[i] - at[i + 1]);
        var h = RelativeStep * Math.Min(1, gap);
        var jacobian = new double[Layout.Coefficients.Count * at.Length];
        for (var i = 0; i < at.Length; i++)
        {
            var (near, far) = (Difference(i, h), Difference(i, 2 * h));
            for (var p = 0; p < near.Length; p++)
            {
                jacobian[(p * at.Length) + i] = ((8 * near[p]) - far[p]) / (12 * h);
            }
        }

        return torch.tensor(jacobian, [Layout.Coefficients.Count, at.Length]);

        double[] Difference(int i, double step)
        {
            var (up, down) = (Moved(i, step), Moved(i, -step));
            return [.. up.Select((value, p) => value - down[p])];
        }

        double[] Moved(int i, double step) => Numbers([.. at.Select((value, k) => k == i ? value + step : value)]);
    }

    private double[] Numbers(double[] logarithms) =>
        [.. Layout.Read(_solver(new NoiseLevels([.. logarithms.Select(Math.Exp), 0]))).Zip(_offsets, (number, offset) => number + offset)];
}
