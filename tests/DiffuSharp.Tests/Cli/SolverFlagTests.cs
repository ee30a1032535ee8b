using System.Text.Json;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Cli;

public sealed class SolverFlagTests
{
    public static TheoryData<string> Solvers => [.. SolverCatalog.All.Select(solver => solver.Name)];

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Steps_are_intervals_and_nfe_is_the_cost(string name)
    {
        var levels = NoiseLevels.EDM(5, new SigmaRange(0.002, 80));
        var expected = SolverCatalog.Find(name).Create(levels, new SolverOptions());

        var bySteps = CommandLine.Json("sampler", "show", "--solver", name, "--steps", "5");
        bySteps.GetProperty("nfe").GetInt32().ShouldBe(expected.Nfe);
        Sigmas(bySteps).ShouldBe(expected.Rows.Select(row => row.Sigma));

        var byNfe = CommandLine.Json("sampler", "show", "--solver", name, "--nfe", $"{expected.Nfe}");
        Sigmas(byNfe).ShouldBe(Sigmas(bySteps));
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
        tableau.ShouldBe(UniPC.Create(NoiseLevels.EDM(6, new SigmaRange(0.002, 80)), 3, UniPCVariant.Bh1, lowerOrderFinal: false));
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
        var vp = new GeneralSamplerOptions { NumSteps = 7, Discretization = Discretization.VP };
        Sigmas(CommandLine.Json("sampler", "show", "--solver", "euler-maruyama", "--disc", "vp", "--schedule", "vp", "--scaling", "vp", "--steps", "7"))
            .ShouldBe(vp.CreateLevels().Sigmas);
    }

    private static IEnumerable<double> Sigmas(JsonElement document) =>
        document.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("sigma").GetDouble());
}
