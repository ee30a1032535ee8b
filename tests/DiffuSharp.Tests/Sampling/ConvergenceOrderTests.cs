using DiffuSharp.Sampling;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Sampling;

/// <summary>
/// Orders measured on two Dirac peaks between σ = 5 and 0.6, where the denoiser is far from linear: log2 of the error ratio
/// when all steps are halved.
/// </summary>
public sealed class ConvergenceOrderTests
{
    private const double Tolerance = 0.02;
    private static readonly SigmaRange s_range = new(0.6, 5);
    private static readonly double[] s_draws = [-1.3, -0.45, 0.2, 0.8];

    [Theory]
    [InlineData(OdeSolver.Euler, 1)]
    [InlineData(OdeSolver.Heun, 2)]
    public void EDM_sampler_converges_to_the_exact_ODE_solution_with_its_order(OdeSolver solver, double order)
    {
        // The last step, from σ_min to 0, lands on D at the state reached.
        var exact = TwoPeaks.Denoise([.. s_draws.Select(xi => TwoPeaks.Solve(5 * xi, s_range.Max, s_range.Min, 4000))], s_range.Min);
        CheckOrder(n => EdmSampler.Create(new EdmSamplerOptions { NumSteps = n, Sigma = s_range, Solver = solver }), exact, order);
    }

    [Theory]
    [InlineData(OdeSolver.Euler, ScheduleKind.VP, ScalingKind.VP, 1, 1)]
    [InlineData(OdeSolver.Euler, ScheduleKind.VE, ScalingKind.None, 1, 1)]
    [InlineData(OdeSolver.Heun, ScheduleKind.VP, ScalingKind.VP, 1, 2)]
    [InlineData(OdeSolver.Heun, ScheduleKind.VE, ScalingKind.VP, 1, 2)]
    [InlineData(OdeSolver.Heun, ScheduleKind.VE, ScalingKind.None, 1, 2)]
    [InlineData(OdeSolver.Heun, ScheduleKind.Linear, ScalingKind.None, 0.5, 2)]
    [InlineData(OdeSolver.Heun, ScheduleKind.Linear, ScalingKind.VP, 0.6667, 2)]
    public void General_sampler_converges_with_its_order(
        OdeSolver solver, ScheduleKind schedule, ScalingKind scaling, double alpha, double order)
    {
        GeneralSamplerOptions options = new()
        {
            Sigma = s_range, Solver = solver, Schedule = schedule, Scaling = scaling, Alpha = alpha, EpsilonS = 0.1,
        };
        var fine = GeneralSampler.Create(options with { NumSteps = 8193, Solver = OdeSolver.Heun, Alpha = 1 });
        CheckOrder(n => GeneralSampler.Create(options with { NumSteps = n }), Samples(fine), order);
    }

    private static void CheckOrder(Func<int, SamplerTableau> create, double[] exact, double order)
    {
        // N steps have N − 1 intervals above σ_min.
        int[] steps = [129, 257, 513];
        double[] errors = [.. steps.Select(n => Samples(create(n)).Zip(exact, (x, y) => Math.Abs(x - y)).Max())];
        for (var i = 1; i < errors.Length; i++)
        {
            Math.Log2(errors[i - 1] / errors[i]).ShouldBe(order, Tolerance, $"errors {string.Join(", ", errors)}");
        }
    }

    private static double[] Samples(SamplerTableau tableau) => new ReferenceRunner(TwoPeaks.Denoise).Run(tableau, s_draws);
}
