using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Sampling;

/// <summary>
/// The order of convergence of a solver on two Dirac peaks between σ = 5 and 0.6, where the denoiser is far from linear: log2 of the ratio
/// of root mean square errors over 25 starting points when the number of steps is doubled from 512 to 1024.
/// </summary>
internal static class MeasuredOrder
{
    private const int Steps = 512;
    private const double High = 5;
    private const double Low = 0.6;
    private const int StartRows = 5;
    private static readonly double[] s_draws = [.. Enumerable.Range(0, 25).Select(i => -1.5 + 3.1 * i / 24)];
    private static readonly Lazy<double[]> s_exact = new(() => Exact(Low));

    /// <summary>The catalogue's solver with its default options on EDM's levels (ρ = 7), own start and end included.</summary>
    public static double AsRun(Solver solver) =>
        Ratio(n => Error(solver.Build(new NoiseLevels(NoiseLevels.EDM(n + 1, new SigmaRange(Low, High)).Sigmas.SkipLast(1)))), steps: StepsOf(solver));

    /// <summary>
    /// The formula of the highest order alone, without low-order steps at the end. Solvers for any steps start with tiny steps,
    /// ln σ_i ∝ (i/N)³, whose error vanishes; those with the coefficients of equal steps take equal steps in σ from exact starting values.
    /// </summary>
    public static double OfFormula(Solver solver) => solver is Ipndm or Pndm
        ? Ratio(n => Error(solver.Build(new NoiseLevels(Enumerable.Range(0, n + 1).Select(i => High + (Low - High) * i / n))), solver is Pndm { RungeKutta: true } ? 0 : StartRows))
        : Ratio(n => Error(Full(solver).Build(Graded(n))), StepsOf(solver));

    /// <summary>The weak order of a stochastic solver: the error of E[x²] after starting from the exact distribution at σ = 5.</summary>
    public static double Weak(Solver solver, Func<int, NoiseLevels> levels) =>
        Ratio(n => Math.Abs(SecondMoment.After(solver.Build(levels(n))) - (1 + Low * Low)), 64);

    /// <summary>The weak order on Gaussian data, for samplers whose rows use more than the one before: the error of E[x²], 256 against 512 geometric steps.</summary>
    public static double WeakOnGaussian(Solver solver) =>
        Ratio(n => Math.Abs(GaussianMoment.After(solver.Build(Geometric(n))) - (GaussianMoment.Variance + Low * Low)), 256);

    /// <summary>N steps, geometric.</summary>
    public static NoiseLevels Geometric(int n) => new(Enumerable.Range(0, n + 1).Select(i => i == n ? Low : High * Math.Pow(Low / High, i / (double)n)));

    private static Solver Full(Solver solver) => solver switch
    {
        DpmSolverPlusPlus dpm => dpm with { LowerOrderFinal = false },
        UniPC uniPC => uniPC with { LowerOrderFinal = false },
        DpmSolverSinglestep single => single with { LowerOrderFinal = false },
        Deis deis => deis with { LowerOrderFinal = false },
        _ => solver,
    };

    private static NoiseLevels Graded(int n) =>
        new(Enumerable.Range(0, n + 1).Select(i => i == n ? Low : High * Math.Pow(Low / High, Math.Pow(i / (double)n, 3))));

    // Whole groups, in both runs.
    private static int StepsOf(Solver solver) => solver is DpmSolverSinglestep { Order: 3 } ? 513 : Steps;

    private static double Ratio(Func<int, double> error, int steps = Steps) => Math.Log2(error(steps) / error(2 * steps));

    private static double Error(SamplerTableau tableau, int exactRows = 0)
    {
        var runner = new ReferenceRunner(TwoPeaks.Denoise)
        {
            Replace = (row, state) => row < exactRows ? Exact(tableau.Rows[row].Sigma) : state,
        };
        var sample = runner.Run(tableau, s_draws);
        return Math.Sqrt(sample.Zip(s_exact.Value, (x, exact) => (x - exact) * (x - exact)).Average());
    }

    private static double[] Exact(double sigma) =>
        sigma == High ? [.. s_draws.Select(xi => High * xi)] : [.. s_draws.Select(xi => TwoPeaks.Solve(High * xi, High, sigma, 4000))];
}
