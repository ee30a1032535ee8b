using System.CommandLine;
using DiffuSharp.Cli;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using DiffuSharp.Tuning.Families;

namespace DiffuSharp.Tests.Cli;

/// <summary><c>--disc discrete</c> visits the timesteps of the model's own process.</summary>
public sealed class ModelProcessTests : IDisposable
{
    private static readonly DiscretePreconditioning s_cosine = new(BetaSchedule.Cosine, Steps: 100);
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<Preconditioning> Discrete =>
    [
        s_cosine,
        new DiscretePreconditioning(),
        new DiscretePreconditioning(BetaSchedule.ScaledLinear, 250, 0.001, 0.05, DiscretePrediction.V),
        new IddpmPreconditioning(),
    ];

    [Theory]
    [MemberData(nameof(Discrete))]
    public void The_default_process_is_the_models_however_it_is_wrapped(Preconditioning preconditioning)
    {
        using var model = TinyModel.Create(labelDim: 0, preconditioning: preconditioning);
        var denoiser = model.Denoiser;
        var expected = DiscreteLevels.Create(preconditioning.Process!, TimestepStride.Trailing, 8).Sigmas;
        IDenoiser[] all =
        [
            denoiser, RealTimeDenoiser.Of(denoiser), new ClippedDenoiser(denoiser), new GuidedDenoiser(denoiser, 2, denoiser),
            new ClippedDenoiser(new GuidedDenoiser(denoiser, 2, denoiser)),
        ];
        foreach (var wrapped in all)
        {
            Sample(wrapped, "--stride", "trailing").Sigmas.ShouldBe(expected, 1e-8);
            Tune(wrapped, "--stride", "trailing").Sigmas.ShouldBe(expected, 1e-8);
        }

        // Leading strides stop at the lowest level that the model knows.
        Sample(denoiser, "--steps", "100").Sigmas[^2].ShouldBe(preconditioning.SigmaMin, 1e-12);
    }

    [Theory]
    [InlineData("ipndm")]
    [InlineData("heun")]
    [InlineData("ddpm")]
    public void A_run_of_tune_starts_at_the_hand_made_sampler_prior_included(string solver)
    {
        var denoiser = new PreconditionedDenoiser(new NoNetwork(), s_cosine);
        var sampled = SampleFile(denoiser, "--solver", solver).Tableau;
        var (family, start) = TuneFile(denoiser, "--base", solver);
        using var owned = family;
        start.Tableau.ShouldBe(sampled);
        var layout = TableauLayout.Of(sampled, family.Layout.Coefficients);
        layout.Read(family.Freeze()).ShouldBe(layout.Read(sampled), 1e-9);
        (sampled.Rows[0].Prior / sampled.Rows[0].Sigma).ShouldBeGreaterThan(1 + 1e-9);
    }

    [Fact]
    public void A_given_schedule_replaces_the_models()
    {
        var denoiser = RealTimeDenoiser.Of(new PreconditionedDenoiser(new NoNetwork(), s_cosine));
        Sample(denoiser, "--beta_schedule", "linear").Sigmas
            .ShouldBe(DiscreteLevels.Create(DiscreteNoiseSchedule.Linear(100), TimestepStride.Leading, 8).Sigmas);
        Sample(denoiser, "--beta_schedule", "linear").Description.ShouldContain(KeyValuePair.Create("beta_schedule", "linear"));
        Sample(denoiser).Description.ShouldContain(KeyValuePair.Create("beta_schedule", "model"));
    }

    [Fact]
    public void Models_of_no_process_and_no_model_have_the_linear_one()
    {
        var linear = DiscreteLevels.Create(DiscreteNoiseSchedule.Linear(), TimestepStride.Leading, 8).Sigmas;
        foreach (var denoiser in new IDenoiser?[] { null, new PreconditionedDenoiser(new NoNetwork(), new EdmPreconditioning()) })
        {
            var (sigmas, description) = Sample(denoiser);
            sigmas.ShouldBe(linear);
            description.ShouldContain(KeyValuePair.Create("beta_schedule", "linear"));
        }
    }

    [Fact]
    public void The_verbs_know_the_process_of_the_loaded_file()
    {
        var path = TinyModel.Save(_folder["model.safetensors"], labelDim: 0, preconditioning: s_cosine);
        string[] flags = ["--net", path, "--disc", "discrete", "--solver", "ddim"];
        CommandLine.Json(["sample", "--seeds", "0", "--steps", "3", "--outdir", _folder["out"], .. flags])
            .GetProperty("options").GetProperty("beta_schedule").GetString().ShouldBe("model");

        CommandLine.Run(["sample", "--seeds", "0", "--steps", "200", "--outdir", _folder["none"], .. flags]).ShouldBeRefused("from 1 to 100 steps");
        CommandLine.Run(["search", "--steps", "200", "--outdir", _folder["searched"], .. flags]).ShouldBeRefused("from 1 to 100 steps");
        CommandLine.Run("tune", "--steps", "200", "--net", path, "--disc", "discrete", "--outdir", _folder["tuned"]).ShouldBeRefused("from 1 to 100 steps");
    }

    [Fact]
    public void The_error_of_steps_is_measured_at_levels_that_the_model_knows()
    {
        var path = TinyModel.Save(_folder["model.safetensors"], labelDim: 0, preconditioning: s_cosine);
        var data = _folder.Write("images-idx3-ubyte", TestImages.Idx([2, 8, 8], new byte[128]));
        var errors = CommandLine.Json("sampler", "error", "--net", path, "--data", data, "--num", "2", "--steps", "4", "--substeps", "1").GetProperty("errors");
        var known = s_cosine.Schedule.Sigmas;
        foreach (var error in errors.EnumerateArray())
        {
            known.ShouldContain(error.GetProperty("sigma").GetDouble());
            known.ShouldContain(error.GetProperty("next").GetDouble());
        }
    }

    [Fact]
    public void The_process_of_an_iddpm_model_has_its_levels()
    {
        var iddpm = new IddpmPreconditioning();
        var process = iddpm.Process.ShouldNotBeNull();
        process.T.ShouldBe(1000);
        process.Sigmas.Select(iddpm.RoundSigma).ShouldBe(IddpmPreconditioning.Levels.SkipLast(1).Reverse());
        for (var t = 1; t <= process.T; t++)
        {
            (process.Sigma(t) / IddpmPreconditioning.Levels[process.T - t]).ShouldBe(1, 1e-8);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static (IReadOnlyList<double> Sigmas, IReadOnlyList<KeyValuePair<string, string>> Description) Sample(IDenoiser? denoiser, params string[] given)
    {
        return Levels(SampleFile(denoiser, ["--solver", "ddim", .. given]));
    }

    private static SamplerFile SampleFile(IDenoiser? denoiser, params string[] given)
    {
        var flags = new SamplerFlags();
        var command = new Command("sample");
        flags.AddTo(command);
        return flags.Create(Invoke(command, given), file: null, denoiser);
    }

    private static (IReadOnlyList<double> Sigmas, IReadOnlyList<KeyValuePair<string, string>> Description) Tune(IDenoiser denoiser, params string[] given)
    {
        var (family, start) = TuneFile(denoiser, ["--base", "ddim", .. given]);
        family.Dispose();
        return Levels(start);
    }

    private static (SamplerFamily Family, SamplerFile Start) TuneFile(IDenoiser denoiser, params string[] given)
    {
        var flags = new FamilyFlags();
        var command = new Command("tune");
        foreach (var option in flags.All)
        {
            command.Add(option);
        }

        return flags.Create(Invoke(command, given), denoiser);
    }

    private static Invocation Invoke(Command command, IEnumerable<string> given)
    {
        string[] flags = [.. given];
        return new(command.Parse(["--disc", "discrete", .. flags.Contains("--steps") ? flags : ["--steps", "8", .. flags]]), default);
    }

    private static (IReadOnlyList<double> Sigmas, IReadOnlyList<KeyValuePair<string, string>> Description) Levels(SamplerFile file) =>
        ([.. file.Tableau.Rows.Select(row => row.Sigma)], file.Metadata.Options);

    private sealed class NoNetwork : INetwork
    {
        public ImageShape Shape => new(1, 8, 8);

        public int LabelDim => 0;

        public Device Device => Device.CPU;

        public Tensor Forward(Tensor x, Tensor noise, Tensor? labels, Tensor? augmentation) => throw new NotSupportedException();
    }
}
