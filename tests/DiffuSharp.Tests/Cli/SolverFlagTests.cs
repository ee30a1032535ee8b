using System.Text.Json;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Levels;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Tests.Sampling;

namespace DiffuSharp.Tests.Cli;

public sealed class SolverFlagTests
{
    public static TheoryData<string> Solvers => [.. SolverNames.All];

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Steps_are_intervals_and_nfe_is_the_cost(string name)
    {
        var levels = NoiseLevels.EDM(5, new SigmaRange(0.002, 80));
        var expected = RecipeText.Parse<Solver>(name).Build(levels);

        var bySteps = CommandLine.Json("sampler", "show", "--solver", name, "--steps", "5");
        bySteps.GetProperty("nfe").GetInt32().ShouldBe(expected.Nfe);
        Sigmas(bySteps).ShouldBe(expected.Rows.Select(row => row.Sigma));

        var byNfe = CommandLine.Json("sampler", "show", "--solver", name, "--nfe", $"{expected.Nfe}");
        Sigmas(byNfe).ShouldBe(Sigmas(bySteps));
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void One_step_is_a_sampler_of_every_solver(string name)
    {
        var sampler = CommandLine.Json("sampler", "show", "--solver", name, "--steps", "1");
        Sigmas(sampler).First().ShouldBe(80, 1e-9);
        Sigmas(sampler).Last().ShouldBe(0);
    }

    [Fact]
    public void A_saved_sampler_names_its_solver_source_and_options()
    {
        using var folder = new TemporaryFolder();
        var path = folder["fast.sampler.json"];
        CommandLine.Run("sampler", "save", path, "--solver", "unipc-3", "--nfe", "6", "--variant", "bh1", "--lower_order_final", "false");

        var (tableau, metadata) = SamplerFile.Load(path);
        metadata.Solver.ShouldBe("unipc-3");
        metadata.Source.ShouldContain("Zhao et al. 2023");
        metadata.Options.ShouldContain(KeyValuePair.Create("variant", "bh1"));
        metadata.Options.ShouldContain(KeyValuePair.Create("lower_order_final", "false"));
        tableau.ShouldBe(new UniPC { Order = 3, Variant = UniPCVariant.Bh1, LowerOrderFinal = false }.Build(NoiseLevels.EDM(6, new SigmaRange(0.002, 80))));
    }

    [Fact]
    public void Noise_levels_can_be_listed()
    {
        var document = CommandLine.Json("sampler", "show", "--solver", "ipndm", "--sigmas", "80,10.9836,3.8811,1.584,0.5666,0.1698,0.002");
        document.GetProperty("nfe").GetInt32().ShouldBe(6);
        Sigmas(document).Last().ShouldBe(0.002);
        CommandLine.Json("sampler", "show", "--solver", "euler", "--sigmas", "5,0").GetProperty("nfe").GetInt32().ShouldBe(1);
    }

    [Fact]
    public void A_discrete_process_starts_at_unit_variance_in_VP_coordinates()
    {
        var document = CommandLine.Json(
            "sampler", "show", "--solver", "ddpm", "--disc", "discrete", "--stride", "trailing", "--beta_schedule", "cosine", "--steps", "8");
        var levels = DiscreteLevels.Create(DiscreteNoiseSchedule.Cosine(), TimestepStride.Trailing, 8);
        Sigmas(document).ShouldBe(levels.Sigmas);
        document.GetProperty("rows")[0].GetProperty("prior").GetDouble().ShouldBe(Math.Sqrt(1 + levels[0] * levels[0]), 1e-9 * levels[0]);
    }

    [Fact]
    public void Polyexponential_and_VP_levels_serve_every_solver()
    {
        Sigmas(CommandLine.Json("sampler", "show", "--solver", "dpmpp-2m", "--disc", "polyexponential", "--steps", "7"))
            .ShouldBe(NoiseLevels.Polyexponential(7, new SigmaRange(0.002, 80)).Sigmas);
        Sigmas(CommandLine.Json("sampler", "show", "--solver", "ddim", "--disc", "polyexponential", "--rho", "2", "--steps", "7"))
            .ShouldBe(NoiseLevels.Polyexponential(7, new SigmaRange(0.002, 80), 2).Sigmas);
        Sigmas(CommandLine.Json("sampler", "show", "--solver", "euler-maruyama", "--disc", "vp", "--schedule", "vp", "--scaling", "vp", "--steps", "7"))
            .ShouldBe(new VPSteps().Create(7).Sigmas);
    }

    [Fact]
    public void The_constants_of_the_general_sampler_reach_it()
    {
        Saved("--steps", "5", "--alpha", "0.5").ShouldBe(new Sampler(new Heun { Alpha = 0.5 }, 5).Build().Tableau);

        var euler = new Euler { Schedule = ScheduleKind.VP, Scaling = ScalingKind.VP, EpsilonS = 1e-2 };
        var vp = new Sampler(euler, 5, new VPSteps { EpsilonS = 1e-2 }).Build().Tableau;
        string[] named = ["--solver", "euler", "--steps", "5", "--disc", "vp", "--schedule", "vp", "--scaling", "vp"];
        Saved([.. named, "--eps_s", "0.01"]).ShouldBe(vp);
        Saved([.. named, "--epsilon-s", "0.01"]).ShouldBe(vp);

        var iddpm = new IddpmSteps { C_1 = 0.01, C_2 = 0.02, M = 200 };
        Saved("--steps", "5", "--disc", "iddpm", "--C_1", "0.01", "--C_2", "0.02", "--M", "200").ShouldBe(new Sampler(new Heun(), 5, iddpm).Build().Tableau);
    }

    [Fact]
    public void UniPC_can_leave_its_correction_out()
    {
        var levels = NoiseLevels.EDM(6, new SigmaRange(0.002, 80));
        Saved("--solver", "unipc-3", "--steps", "6", "--corrector", "false").ShouldBe(new UniPC { Order = 3, Corrector = false }.Build(levels));
        Saved("--solver", "unipc-3", "--steps", "6").ShouldBe(new UniPC { Order = 3 }.Build(levels));
    }

    [Theory]
    [InlineData("--alpha 0.5 --solver euler", "--alpha: euler has no such option")]
    [InlineData("--alpha 0.5 --solver deis-3", "--alpha: deis-3 has no such option")]
    [InlineData("--alpha 0", "heun: alpha is 0; it must lie in (0, inf)")]
    [InlineData("--eps_s 0.01", "--epsilon_s: edm has no such option")]
    [InlineData("--eps_s 2 --disc vp", "vp: epsilon_s is 2; it must lie in (0, 1)")]
    [InlineData("--M 100 --disc vp", "--M: vp has no such option")]
    [InlineData("--C_1 1 --disc iddpm", "iddpm: C_1 is 1; it must lie in (0, 1)")]
    [InlineData("--corrector false", "--corrector: heun has no such option")]
    [InlineData("--stride trailing", "--stride: edm has no such option")]
    [InlineData("--stride trailing --solver ddim --disc edm", "--stride: edm has no such option")]
    [InlineData("--beta_schedule cosine --disc vp", "--beta_schedule: vp has no such option")]
    [InlineData("--sigma_min 0.1 --disc discrete", "--sigma_min: discrete has no such option")]
    [InlineData("--sigma_max 3 --solver ddim --disc discrete", "--sigma_max: discrete has no such option")]
    [InlineData("--rho 5 --disc discrete", "--rho: discrete has no such option")]
    [InlineData("--rho 5 --disc vp", "--rho: vp has no such option")]
    [InlineData("--rho 5 --disc ve", "--rho: ve has no such option")]
    [InlineData("--rho 5 --solver ddim --disc iddpm", "--rho: iddpm has no such option")]
    public void A_constant_that_nothing_would_read_is_refused(string flags, string because) =>
        CommandLine.Run(["sampler", "show", .. flags.Split(' ')]).ShouldBeRefused(because);

    private static SamplerTableau Saved(params string[] flags)
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run(["sampler", "save", folder["s.sampler.json"], .. flags]).Error.ShouldBe("");
        return SamplerFile.Load(folder["s.sampler.json"]).Tableau;
    }

    private static IEnumerable<double> Sigmas(JsonElement document) =>
        document.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("sigma").GetDouble());
}
