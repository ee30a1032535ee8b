using System.Text.Json;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;

namespace DiffuSharp.Tests.Cli;

public sealed class OutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sampler_is_shown_row_by_row_with_its_cost_and_marginals() =>
        CommandLine.Run("sampler", "show", "--steps", "2", "--sigma_max", "4", "--sigma_min", "1").Trimmed.ShouldBe(
            """
            solver       heun: steps 2, sigma_min 1, sigma_max 4, rho 7, disc edm, S_churn 0, S_min 0, S_max inf, S_noise 1
            source       Karras et al. 2022, Algorithm 2
            NFE          3
            noise draws  0

              row   sigma   mean   std   state
            ────────────────────────────────────────────────────────────────────
                0       4      0     4   4 xi
                1       1   0.75     1   0.25 x0 + 0.75 D0
                2       1   0.75     1   0.625 x0 - 1.5 x1 + 0.375 D0 + 1.5 D1
              end       0      1     0   1 D2
            """);

    [Fact]
    public void The_json_of_a_sampler_is_its_tableau()
    {
        var tableau = new Sampler(new Heun { S_churn = 1 }, 3).Build().Tableau;
        var document = CommandLine.Json("sampler", "show", "--steps", "3", "--S_churn", "1");

        document.GetProperty("nfe").GetInt32().ShouldBe(tableau.Nfe);
        document.GetProperty("noise_draws").GetInt32().ShouldBe(3);
        document.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("sigma").GetDouble())
            .ShouldBe(tableau.Rows.Select(r => r.Sigma));
        var last = document.GetProperty("rows").EnumerateArray().Last().GetProperty("marginal");
        last.GetProperty("mean").GetDouble().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void A_model_file_says_what_it_is()
    {
        using var model = TinyModel.Create();
        var path = _folder["m.safetensors"];
        var description = model.Description with
        {
            Dataset = "stripes", TrainingKimg = 12.5, LabelNames = ["a", "b", "c", "d"], Metrics = new Dictionary<string, string> { ["heldout_loss"] = "0.25" },
        };
        ModelFile.Save(path, description, model.Network.state_dict());

        var document = CommandLine.Json("model", "info", path);
        document.GetProperty("parameters").GetInt64().ShouldBe(model.Network.parameters().Sum(p => p.numel()));
        document.GetProperty("network").GetProperty("model_type").GetString().ShouldBe("SongUNet");
        document.GetProperty("preconditioning").GetProperty("precond").GetString().ShouldBe("edm");
        document.GetProperty("metrics").GetProperty("heldout_loss").GetString().ShouldBe("0.25");
        var text = CommandLine.Run("model", "info", path).Output;
        foreach (var fact in new[] { "SongUNet", "1x8x8", "a, b, c, d", "stripes", "12.5 thousand", "0.25" })
        {
            text.ShouldContain(fact);
        }
    }

    [Fact]
    public void Bench_reports_the_fields_of_its_pytorch_peer()
    {
        var path = TinyModel.Save(_folder["m.safetensors"]);
        foreach (var mode in new[] { "inference", "training" })
        {
            var document = CommandLine.Json("bench", "--network", path, "--mode", mode, "--batch", "2", "--repeats", "5");
            document.GetProperty("mode").GetString().ShouldBe(mode);
            document.GetProperty("images_per_second").GetDouble().ShouldBeGreaterThan(0);
            document.GetProperty("median_seconds").GetDouble().ShouldBeGreaterThanOrEqualTo(document.GetProperty("min_seconds").GetDouble());
            document.GetProperty("peak_memory_mib").GetInt64().ShouldBeGreaterThan(10);
            foreach (var name in new[] { "peer", "libtorch", "network", "parameters", "batch", "threads", "repeats" })
            {
                document.TryGetProperty(name, out _).ShouldBeTrue(name);
            }
        }
    }

    [Fact]
    public void A_folder_is_converted_and_the_result_can_be_inspected()
    {
        _folder.Write("in/cat/a.png", TestImages.Png(6, 4, 3, seed: 1));
        _folder.Write("in/dog/b.png", TestImages.Png(6, 4, 3, seed: 2));

        var converted = CommandLine.Json("dataset", "convert", "--source", _folder["in"], "--dest", _folder["out.zip"], "--resolution", "4x4", "--transform", "center-crop");
        converted.GetProperty("images").GetInt32().ShouldBe(2);
        converted.GetProperty("changes").GetProperty("cropped").GetInt32().ShouldBe(2);
        var inspected = CommandLine.Json("dataset", "inspect", _folder["out.zip"]);
        inspected.GetProperty("usable").GetBoolean().ShouldBeTrue();
        inspected.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32()).ShouldBe([3, 4, 4]);
        inspected.GetProperty("label_histogram").EnumerateArray().Select(n => n.GetInt32()).ShouldBe([1, 1]);
    }

    [Fact]
    public void Doctor_finds_the_library_that_the_tests_run_on()
    {
        var run = CommandLine.Run("doctor", "--json");

        run.ExitCode.ShouldBe(0);
        JsonDocument.Parse(run.Output).RootElement.EnumerateArray()
            .ShouldContain(f => f.GetProperty("subject").GetString() == "libtorch" && f.GetProperty("text").GetString()!.StartsWith(Torch.torch.version));
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("bench")]
    [InlineData("likelihood")]
    [InlineData("encode")]
    [InlineData("decode")]
    [InlineData("dataset", "convert")]
    [InlineData("dataset", "inspect")]
    [InlineData("model", "info")]
    [InlineData("sampler", "show")]
    [InlineData("sampler", "save")]
    [InlineData("doctor")]
    public void Help_ends_with_examples_even_when_the_rest_is_wrong(params string[] verb)
    {
        var run = CommandLine.Run([.. verb, "--help"]);
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain($"Examples:\n  diffusharp {string.Join(' ', verb)}");
        CommandLine.Run([.. verb, "--bogus", "--help"]).Output.ShouldBe(run.Output);
    }

    [Fact]
    public void Without_a_verb_the_verbs_are_listed()
    {
        var run = CommandLine.Run();

        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("Commands:\n  sample");
    }
}
