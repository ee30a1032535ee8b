using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Sampling;

public sealed class DpmSolverFamilyTests
{
    private static readonly double[] s_draws = [-1.3, -0.45, 0.2, 0.8];
    private static readonly NoiseLevels s_levels = NoiseLevels.EDM(12, new SigmaRange(0.002, 80));

    [Theory]
    [InlineData("dpmpp-sde:eta=0", "dpmpp-2s")]
    [InlineData("dpmpp-sde:S_noise=0,eta=0", "dpmpp-2s")]
    [InlineData("dpmpp-msde:order=2,eta=0", "dpmpp:order=2,lower_order_final=false")]
    [InlineData("dpmpp-msde:order=2,eta=0,solver_type=heun", "dpmpp:order=2,lower_order_final=false,solver_type=heun")]
    [InlineData("dpmpp-msde:order=3,eta=0", "dpmpp:order=3,lower_order_final=false,solver_type=heun")]
    [InlineData("dpmpp-msde:order=1,eta=1", "ddpm")]
    [InlineData("sa-solver:tau=1,tau_max=1e9,tau_min=0,predictor_order=1,corrector_order=0", "ddpm")]
    [InlineData("sa-solver:tau=0,predictor_order=1,corrector_order=0", "ddim")]
    [InlineData("dpm-singlestep:order=1", "ddim")]
    [InlineData("dpm-singlestep:order=1,form=noise", "ddim")]
    [InlineData("dpmpp:order=1,form=noise", "ddim")]
    [InlineData("lms:order=1", "euler")]
    [InlineData("euler-ancestral", "ddpm")]
    public void A_special_case_is_the_solver_that_it_should_be(string one, string other) =>
        Same(RecipeText.Parse<Solver>(one).Build(s_levels), RecipeText.Parse<Solver>(other).Build(s_levels));

    [Theory]
    [InlineData(DpmForm.Data)]
    [InlineData(DpmForm.Noise)]
    public void Multistep_and_singlestep_forms_have_their_orders(DpmForm form)
    {
        MeasuredOrder.OfFormula(new DpmSolverPlusPlus { Form = form }).ShouldBe(2, 0.12);
        MeasuredOrder.OfFormula(new DpmSolverPlusPlus { Form = form, SolverType = DpmSolverType.Heun }).ShouldBe(2, 0.12);
        MeasuredOrder.OfFormula(new DpmSolverSinglestep { Form = form, Order = 2 }).ShouldBe(2, 0.12);
        MeasuredOrder.OfFormula(new DpmSolverSinglestep { Form = form, Order = 2, SolverType = DpmSolverType.Heun }).ShouldBe(2, 0.12);
        MeasuredOrder.OfFormula(new DpmSolverSinglestep { Form = form, Order = 3 }).ShouldBe(3, 0.12);
    }

    [Fact]
    public void Singlestep_groups_end_in_lower_order_and_land_on_D()
    {
        int[][] expected = [[1], [1, 2], [1, 2, 1], [1, 2, 3, 1], [1, 2, 3, 1, 2], [1, 2, 3, 1, 2, 1]];
        foreach (var orders in expected)
        {
            var tableau = new DpmSolverSinglestep().Build(new NoiseLevels(Enumerable.Range(0, orders.Length + 1).Select(i => 5.0 - (i * 0.5))));
            tableau.Rows.Skip(1).Select((row, i) => row.Denoised.Count).ShouldBe(orders.Select(order => order == 3 ? 2 : order), $"{orders.Length} steps");
        }

        var landing = new DpmSolverSinglestep { LowerOrderFinal = false }.Build(new NoiseLevels([5, 3, 1, 0]));
        landing.Rows[^1].ShouldBe(new SamplerRow(0, 0, [], [new Term(2, 1)], 0));
        Should.Throw<InvalidInputException>(() => new DpmSolverSinglestep { LowerOrderFinal = false }.Build(new NoiseLevels([5, 3, 1, 0.5, 0])))
            .Message.ShouldContain("a multiple of 3");
    }

    [Fact]
    public void The_noise_of_the_two_stages_is_one_Brownian_path()
    {
        // The noise of the whole step has weight √((σ − σ_m)/(σ − σ')) on the draw of its first part: 2/3 of the way in σ for r = 1/2, from 4 to 1.
        var tableau = new DpmSolverSde().Build(new NoiseLevels([4, 1, 0]));
        var (inner, end) = (tableau.Rows[1], tableau.Rows[2]);
        inner.Sigma.ShouldBe(2, 1e-12);
        var up = Math.Sqrt(15) / 4;
        end.Noise.ShouldBe(up * Math.Sqrt(1 / 3.0), 1e-12);
        (end.States.Single(term => term.Row == 1).Coefficient * inner.Noise).ShouldBe(up * Math.Sqrt(2 / 3.0), 1e-12);
    }

    [Theory]
    [InlineData("dpmpp-2m-sde")]
    [InlineData("dpmpp-2m-sde:eta=0.5")]
    [InlineData("sa-solver:predictor_order=2,corrector_order=2,tau_max=1e9,tau_min=0")]
    public void The_variance_of_two_point_methods_with_noise_has_order_2(string solver) =>
        MeasuredOrder.WeakOnGaussian(RecipeText.Parse<Solver>(solver)).ShouldBe(2, 0.12);

    [Fact]
    public void The_step_of_iPNDM_v_is_Adams_Bashforth_for_unequal_steps()
    {
        // Order 2 with steps h_0 and h: (1 + h/(2 h_0)) d − h/(2 h_0) d_before.
        var row = RecipeText.Parse<Solver>("ipndm-v").Build(new NoiseLevels([5, 3, 2])).Rows[2];
        row.Denoised[1].Coefficient.ShouldBe(1.25 / 3, 1e-12);
        row.Denoised[0].Coefficient.ShouldBe(-0.25 / 5, 1e-12);
        Same(RecipeText.Parse<Solver>("ipndm-v").Build(new NoiseLevels([5, 3, 2, 1.2, 0.5])), new Lms().Build(new NoiseLevels([5, 3, 2, 1.2, 0.5])));
    }

    [Fact]
    public void iPNDM_extrapolates_to_sigma_0_by_choice()
    {
        var levels = new NoiseLevels([3, 2, 1, 0]);
        new Ipndm().Build(levels).Rows[^1].ShouldBe(new SamplerRow(0, 0, [], [new Term(2, 1)], 0));
        Same(new Ipndm { FullOrderFinal = true, Order = 3 }.Build(levels), new Lms { Order = 3 }.Build(levels));
    }

    [Fact]
    public void The_Runge_Kutta_start_of_PNDM_costs_nine_evaluations_more_and_has_order_4()
    {
        new Pndm { RungeKutta = true }.Build(s_levels).Nfe.ShouldBe(s_levels.Steps + 9);
        MeasuredOrder.OfFormula(new Pndm { RungeKutta = true }).ShouldBe(4, 0.12);
    }

    [Fact]
    public void The_time_of_DEIS_refitted_to_the_range_of_its_own_process_is_the_usual_one()
    {
        var vp = new VPNoiseSchedule();
        var own = new NoiseLevels([vp.Sigma(1), 20, 5, 1, 0.2, vp.Sigma(1e-3), 0]);
        Same(new Deis { Polynomial = DeisVariable.RefittedTime }.Build(own), new Deis().Build(own));
        var other = new NoiseLevels([80, 20, 5, 1, 0.2, 0.002, 0]);
        new Deis { Polynomial = DeisVariable.RefittedTime }.Build(other).ShouldNotBe(new Deis().Build(other));
    }

    [Theory]
    [InlineData("heun:S_churn=4")]
    [InlineData("euler:S_churn=4")]
    [InlineData("dpm2")]
    [InlineData("dpm2-ancestral")]
    [InlineData("dpmpp-2s")]
    [InlineData("dpmpp-sde")]
    [InlineData("pndm-prk")]
    public void A_network_that_knows_only_some_levels_is_given_no_other(string solver)
    {
        double[] known = [.. Enumerable.Range(0, 400).Select(i => 0.01 * Math.Pow(10_000, i / 399.0))];
        double Round(double sigma) => known.MinBy(level => Math.Abs(level - sigma));
        var tableau = RecipeText.Parse<Solver>(solver).Build(NoiseLevels.EDM(8, new SigmaRange(0.02, 80)).Rounded(Round));
        tableau.Rows.SkipLast(1).Select(row => row.Sigma).ShouldAllBe(sigma => known.Contains(sigma));
    }

    private static void Same(SamplerTableau actual, SamplerTableau expected)
    {
        var one = new ReferenceRunner(TwoPeaks.Denoise).Run(actual, s_draws, Noise);
        one.ShouldBe(new ReferenceRunner(TwoPeaks.Denoise).Run(expected, s_draws, Noise), 1e-11);

        static double[] Noise(int row) => [.. s_draws.Select((draw, c) => Math.Sin(((row + 1) * draw) + c))];
    }
}
