using DiffuSharp.Denoising;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Cli;

public sealed class LikelihoodCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _data;

    public LikelihoodCommandTests()
    {
        _model = TinyModel.Save(_folder["model.safetensors"], labelDim: 0);
        var pixels = new byte[3 * 64];
        new Random(3).NextBytes(pixels);
        _data = _folder.Write("images-idx3-ubyte", TestImages.Idx([3, 8, 8], pixels));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Likelihood_gives_the_number_with_all_that_it_depends_on()
    {
        string[] flags = ["likelihood", "--net", _model, "--data", _data, "--steps", "4", "--probes", "2", "--seed", "5"];
        var document = CommandLine.Json(flags);
        var line = CommandLine.Run(flags).Output.TrimEnd('\n');

        document.GetProperty("n").GetInt32().ShouldBe(3);
        document.GetProperty("seed").GetInt32().ShouldBe(5);
        document.GetProperty("nfe").GetDouble().ShouldBe(8);
        document.GetProperty("vector_jacobian_products").GetDouble().ShouldBe(16);
        document.GetProperty("values").EnumerateArray().Average(v => v.GetDouble()).ShouldBe(document.GetProperty("bits_per_dim").GetDouble(), 1e-9);
        line.ShouldNotContain("\n");
        line.ShouldContain($"{document.GetProperty("bits_per_dim").GetDouble():F4} +- {document.GetProperty("standard_error").GetDouble():F4} bits/dim");
        line.ShouldContain("protocol ode, N 3, seed 5");
    }

    [Fact]
    public void The_bound_comes_with_its_terms_and_says_its_cost_beforehand()
    {
        string[] flags = ["likelihood", "--net", _model, "--data", _data, "--protocol", "vlb", "--diffusion-steps", "20", "--seed", "5"];
        var few = CommandLine.Json([.. flags, "--timesteps", "6"]);
        var all = CommandLine.Json([.. flags, "--timesteps", "0"]);
        var run = CommandLine.Run([.. flags, "--timesteps", "6"]);

        few.GetProperty("protocol").GetString().ShouldBe("vlb");
        few.GetProperty("nfe").GetDouble().ShouldBe(7);
        few.GetProperty("curve").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        all.GetProperty("nfe").GetDouble().ShouldBe(20);
        all.GetProperty("curve").GetArrayLength().ShouldBe(20);
        foreach (var document in new[] { few, all })
        {
            var terms = document.GetProperty("terms");
            var sum = new[] { "prior", "middle", "decoder" }.Sum(name => terms.GetProperty(name).GetDouble());
            document.GetProperty("bits_per_dim").GetDouble().ShouldBe(sum, 1e-9);
        }

        run.Error.TrimEnd().ShouldBe("3 images at 7 NFE: 21 evaluations");
        run.Output.ShouldContain("bits/dim, protocol vlb, N 3, seed 5");
        run.Output.ShouldContain("unbiased estimate from 6 of the steps");
        run.Output.ShouldContain("L_0 ");
    }

    [Fact]
    public void The_bound_is_that_of_the_models_own_process_and_says_so_where_it_has_none()
    {
        foreach (var own in new Preconditioning[] { new IddpmPreconditioning(), new DiscretePreconditioning(BetaSchedule.Cosine, Steps: 100) })
        {
            var process = own.Process!;
            var model = TinyModel.Save(_folder["own.safetensors"], labelDim: 0, preconditioning: own);
            var run = Bound(model);
            run.Output.ShouldContain($"variational bound of {process.T} steps, sigma {process.Sigma(1):0.####} to {process.Sigma(process.T):0.####}");
            run.Error.ShouldNotContain("linear betas");
        }

        var other = Bound(_model);
        other.Output.ShouldContain("variational bound of 1000 steps, sigma 0.01 to");
        other.Error.ShouldContain("no discrete process of its own: the bound is that of linear betas");

        CommandLine Bound(string model) =>
            CommandLine.Run("likelihood", "--net", model, "--data", _data, "--protocol", "vlb", "--timesteps", "2");
    }

    [Fact]
    public void The_decoder_can_take_the_approximation_of_the_released_code()
    {
        string[] flags = ["likelihood", "--net", _model, "--data", _data, "--protocol", "vlb", "--diffusion-steps", "20", "--timesteps", "2"];
        var exact = CommandLine.Json([.. flags, "--decoder", "erf"]);
        var approximate = CommandLine.Json([.. flags, "--decoder", "tanh"]);

        exact.GetProperty("terms").GetRawText().ShouldBe(CommandLine.Json(flags).GetProperty("terms").GetRawText());
        $"{approximate.GetProperty("description")}".ShouldContain("(tanh)");
        Decoder(approximate).ShouldNotBe(Decoder(exact));
        Decoder(approximate).ShouldBe(Decoder(exact), 0.1 * Math.Abs(Decoder(exact)));
        CommandLine.Run("likelihood", "--net", _model, "--data", _data, "--decoder", "tanh").ShouldBeRefused("--decoder: belongs to --protocol vlb");

        static double Decoder(System.Text.Json.JsonElement document) => document.GetProperty("terms").GetProperty("decoder").GetDouble();
    }

    [Fact]
    public void Images_come_back_from_their_latents()
    {
        var encoded = CommandLine.Json("encode", "--net", _model, "--data", _data, "--out", _folder["l.npz"], "--rtol", "1e-4", "--atol", "1e-4");
        encoded.GetProperty("images").GetInt32().ShouldBe(3);
        CommandLine.Json("decode", _folder["l.npz"], "--net", _model, "--outdir", _folder["out"], "--rtol", "1e-4", "--atol", "1e-4");

        var original = DiffuSharp.Data.ImageDataset.Open(_data);
        for (var i = 0; i < 3; i++)
        {
            var decoded = DiffuSharp.Data.ImageFile.Read(_folder[$"out/{i:D6}.png"]).Pixels;
            decoded.Zip(TestImages.Planes(original, i), (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(1);
        }

        original.Dispose();
    }

    [Theory]
    [InlineData("likelihood --net @model.safetensors --data @none", "none")]
    [InlineData("likelihood --net @model.safetensors --data @images-idx3-ubyte --num 4", "--num 4")]
    [InlineData("likelihood --net @model.safetensors --data @images-idx3-ubyte --steps 4 --rtol 1", "--rtol")]
    [InlineData("likelihood --net @model.safetensors --data @images-idx3-ubyte --rho 5", "--rho")]
    [InlineData("likelihood --net @model.safetensors --data @images-idx3-ubyte --atol 0", "atol 0")]
    [InlineData("likelihood --net @model.safetensors --data @images-idx3-ubyte --exact --probes 3", "--probes: belongs to the Hutchinson trace; leave --exact out")]
    [InlineData("likelihood --net @model.safetensors --data @images-idx3-ubyte --protocol guess", "--protocol guess")]
    [InlineData("likelihood --net @model.safetensors --data @images-idx3-ubyte --protocol vlb --rtol 1", "--rtol: belongs to --protocol ode")]
    [InlineData("likelihood --net @model.safetensors --data @images-idx3-ubyte --timesteps 5", "--timesteps: belongs to --protocol vlb")]
    [InlineData("likelihood --net @model.safetensors --data @images-idx3-ubyte --protocol vlb --variance learned", "does not predict variances")]
    [InlineData("encode --net @model.safetensors --data @images-idx3-ubyte --out @l.npz --sigma_min 100", "sigma_min is 100")]
    [InlineData("decode @none.npz --net @model.safetensors", "none.npz")]
    [InlineData("decode @model.safetensors --net @model.safetensors", "model.safetensors")]
    public void Bad_input_gets_one_line(string arguments, string because) =>
        CommandLine.Run([.. arguments.Split(' ').Select(a => a.StartsWith('@') ? _folder[a[1..]] : a)]).ShouldBeRefused(because);
}
