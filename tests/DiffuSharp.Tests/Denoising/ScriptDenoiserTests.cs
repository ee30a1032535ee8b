using DiffuSharp.Denoising;
using DiffuSharp.Denoising.Scripting;
using DiffuSharp.Schedules;
using DiffuSharp.Tests.Cli;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Denoising;

public sealed class ScriptDenoiserTests(TracedModules modules) : IClassFixture<TracedModules>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PyTorchFact]
    public void A_traced_denoiser_is_evaluated_with_gradients()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new ScriptDenoiser(Traced(), Signature(new DirectPreconditioning()));
        var x = randn([2, 1, 4, 4], new Generator(1)).requires_grad_();
        var denoised = denoiser.Denoise(x, tensor([3.0, 4.0]));
        denoised[1].ToArray<float>().ShouldBe(((x[1] * 0.5) + 4.0).ToArray<float>(), 1e-6);
        autograd.grad([denoised.sum()], [x])[0]!.ToArray<float>().ShouldAllBe(g => Math.Abs(g - 0.5f) < 1e-6);
        denoiser.Evaluations.ShouldBe(2);
    }

    [PyTorchFact]
    public void A_noise_predictor_gets_the_discrete_timestep()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new ScriptDenoiser(Traced(), Signature(new DiscretePreconditioning()) with { IntegerNoise = true });
        denoiser.Check();
        const int Timestep = 250;
        var sigma = DiscreteNoiseSchedule.Linear().Sigma(Timestep + 1);
        var x = randn([1, 1, 4, 4], new Generator(1)) * sigma;
        var epsilon = (x / Math.Sqrt(1 + (sigma * sigma)) * 0.5) + (double)Timestep;
        var expected = (x - (epsilon * sigma)).ToArray<float>();
        denoiser.Denoise(x, tensor([sigma])).ToArray<float>().ShouldBe(expected, 1e-4 * expected.Max(Math.Abs));
    }

    [PyTorchFact]
    public void A_noise_predictor_that_takes_real_times_gets_them_while_a_sampler_is_learned()
    {
        using var scope = NewDisposeScope();
        using var denoiser = new ScriptDenoiser(Traced(), Signature(new DiscretePreconditioning()));
        var real = RealTimeDenoiser.Of(denoiser);
        const double Timestep = 250.4;
        var sigma = DiscreteNoiseSchedule.Linear().Sigma(Timestep + 1);
        var x = randn([1, 1, 4, 4], new Generator(1)) * sigma;
        var expected = (x - (((x / Math.Sqrt(1 + (sigma * sigma)) * 0.5) + Timestep) * sigma)).ToArray<float>();
        real.Denoise(x, tensor([sigma])).ToArray<float>().ShouldBe(expected, 1e-4 * expected.Max(Math.Abs));

        using var whole = new ScriptDenoiser(_folder["net.pt"], Signature(new IddpmPreconditioning()) with { IntegerNoise = true });
        Should.Throw<InvalidInputException>(() => RealTimeDenoiser.Of(whole)).Message.ShouldContain("integer timesteps only");
        using var direct = new ScriptDenoiser(_folder["net.pt"], Signature(new DirectPreconditioning()));
        RealTimeDenoiser.Of(direct).ShouldBeSameAs(direct);
    }

    [PyTorchFact]
    public void Class_indices_and_the_index_of_no_class_reach_the_module()
    {
        using var scope = NewDisposeScope();
        var path = modules.Labelled;
        var signature = Signature(new DirectPreconditioning()) with { LabelDim = 3, Labels = ScriptLabels.Index, NoClassIndex = 7 };
        using var denoiser = new ScriptDenoiser(path, signature);
        var x = zeros([2, 1, 4, 4]);
        var labels = tensor([0f, 0f, 1f, 0f, 0f, 0f], [2, 3]);
        denoiser.Denoise(x, tensor([1.0]), new Condition(labels)).mean([1, 2, 3]).ToArray<float>().ShouldBe([2f, 7f]);
        using var strict = new ScriptDenoiser(path, signature with { NoClassIndex = null });
        Should.Throw<InvalidInputException>(() => strict.Denoise(x, tensor([1.0]))).Message.ShouldContain("no_class_index");
    }

    [PyTorchFact]
    public void An_imported_module_is_a_model_for_the_verbs()
    {
        var path = Traced();
        File.WriteAllText(_folder["signature.json"], Signature(new DirectPreconditioning()).ToJson());
        var name = ScriptName.Of(path);
        CommandLine.Run("model", "info", name).ShouldBeRefused("run 'diffusharp model import'");
        CommandLine.Json("model", "import", path, "--from", "torchscript", "--config", _folder["signature.json"])
            .GetProperty("file").GetString().ShouldBe($"{path}.json");
        CommandLine.Run("sample", "--network", path, "--outdir", _folder["out"]).ShouldBeRefused($"name it as {name}, which runs its code");
        CommandLine.Json("model", "info", name).GetProperty("preconditioning").GetProperty("precond").GetString().ShouldBe("direct");
        CommandLine.Json("sample", "--network", name, "--seeds", "0-1", "--steps", "2", "--outdir", _folder["out"]).GetProperty("images").GetInt32().ShouldBe(2);
        CommandLine.Json("bench", "--network", name, "--batch", "2", "--repeats", "5").GetProperty("images_per_second").GetDouble().ShouldBeGreaterThan(0);
        CommandLine.Run("bench", "--network", name, "--mode", "training").ShouldBeRefused("mode training");
        var data = _folder.Write("images-idx3-ubyte", TestImages.Idx([2, 4, 4], [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 8))]));
        CommandLine.Json("likelihood", "--network", name, "--data", data, "--steps", "3").GetProperty("vector_jacobian_products").GetDouble().ShouldBe(6);
        CommandLine.Json("encode", "--network", name, "--data", data, "--steps", "3", "--out", _folder["l.npz"]).GetProperty("images").GetInt32().ShouldBe(2);
        CommandLine.Json("decode", _folder["l.npz"], "--network", name, "--steps", "3", "--outdir", _folder["decoded"]).GetProperty("images").GetInt32().ShouldBe(2);

        var process = new DiscretePreconditioning(BetaSchedule.Cosine, Steps: 100);
        File.WriteAllText($"{path}.json", Signature(process).ToJson());
        CommandLine.Run("likelihood", "--network", name, "--data", data, "--protocol", "vlb", "--timesteps", "2").Output
            .ShouldContain($"variational bound of 100 steps, sigma {process.SigmaMin:0.####} to {process.SigmaMax:0.####}");

        File.WriteAllText(_folder["signature.json"], (Signature(new DirectPreconditioning()) with { LabelDim = 2 }).ToJson());
        CommandLine.Run("model", "import", path, "--from", "torchscript", "--config", _folder["signature.json"])
            .ShouldBeRefused("the TorchScript network refuses its declared signature");
    }

    [Fact]
    public void A_bad_description_is_refused_in_one_line()
    {
        foreach (var (text, because) in new[]
        {
            ("{", "no description of a TorchScript network"),
            (Description("null"), "preconditioning"),
            (Description("""{ "precond": "edm", "sigma_data": 0 }"""), "sigma_data 0 must be positive"),
            (Description("""{ "precond": "direct", "min": 3, "max": 2 }"""), "min 3 and max 2"),
            (Description("""{ "precond": "flow", "time_scale": 0 }"""), "time_scale 0 must be positive"),
            (Description("""{ "precond": "ddpm", "betas": "cosine", "steps": -1 }"""), "T is -1"),
            (Description("""{ "precond": "ddpm", "steps": 1 }"""), "T is 1"),
            ("""{ "img_channels": 1 }""", "img_height"),
            ("""{ "img_channels": 0, "img_height": 4, "img_width": 4, "preconditioning": { "precond": "edm" } }""", "must be positive"),
            ("""{ "img_channels": 1, "img_height": 4, "img_width": 4, "integer_noise": true, "preconditioning": { "precond": "edm" } }""", "integer_noise"),
            ("""{ "img_channels": 1, "img_height": 4, "img_width": 4, "preconditioning": { "precond": "other" } }""", "other"),
        })
        {
            File.WriteAllText(_folder["d.json"], text);
            var error = Should.Throw<InvalidDataException>(() => ScriptSignature.Read(_folder["d.json"]));
            error.Message.ShouldContain(because);
            error.Message.ShouldNotContain("\n");
        }
    }

    private static string Description(string preconditioning) =>
        $$"""{ "img_channels": 1, "img_height": 4, "img_width": 4, "preconditioning": {{preconditioning}} }""";

    private static ScriptSignature Signature(Preconditioning preconditioning) =>
        new() { ImgChannels = 1, ImgHeight = 4, ImgWidth = 4, Preconditioning = preconditioning };

    private string Traced()
    {
        File.Copy(modules.Plain, _folder["net.pt"]);
        return _folder["net.pt"];
    }
}
