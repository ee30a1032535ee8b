using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
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
    [InlineData("euler", 1)]
    [InlineData("heun", 2)]
    public void EDM_sampler_converges_to_the_exact_ODE_solution_with_its_order(string solver, double order)
    {
        // The last step, from σ_min to 0, lands on D at the state reached.
        var exact = TwoPeaks.Denoise([.. s_draws.Select(xi => TwoPeaks.Solve(5 * xi, s_range.Max, s_range.Min, 4000))], s_range.Min);
        CheckOrder(n => RecipeText.Parse<Solver>(solver).Build(NoiseLevels.EDM(n, s_range)), exact, order);
    }

    [Theory]
    [InlineData("euler", ScheduleKind.VP, ScalingKind.VP, 1, 1)]
    [InlineData("euler", ScheduleKind.VE, ScalingKind.None, 1, 1)]
    [InlineData("heun", ScheduleKind.VP, ScalingKind.VP, 1, 2)]
    [InlineData("heun", ScheduleKind.VE, ScalingKind.VP, 1, 2)]
    [InlineData("heun", ScheduleKind.VE, ScalingKind.None, 1, 2)]
    [InlineData("heun", ScheduleKind.Linear, ScalingKind.None, 0.5, 2)]
    [InlineData("heun", ScheduleKind.Linear, ScalingKind.VP, 0.6667, 2)]
    public void General_sampler_converges_with_its_order(
        string solver, ScheduleKind schedule, ScalingKind scaling, double alpha, double order)
    {
        EdmSolver basis = solver == "euler" ? new Euler() : new Heun { Alpha = alpha };
        var general = basis with { Schedule = schedule, Scaling = scaling, EpsilonS = 0.1 };
        var exact = new Heun { Schedule = schedule, Scaling = scaling, EpsilonS = 0.1 };
        CheckOrder(n => GeneralOdeSolver.Build(general, NoiseLevels.EDM(n, s_range)), Samples(GeneralOdeSolver.Build(exact, NoiseLevels.EDM(8193, s_range))), order);
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
