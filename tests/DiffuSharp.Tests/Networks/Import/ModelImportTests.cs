using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Networks.Import;
using DiffuSharp.Schedules;
using DiffuSharp.Tests.Cli;
using DiffuSharp.Tests.Networks.Diffusers;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Networks.Import;

public sealed class ModelImportTests : IDisposable
{
    private static readonly string s_grayHeads = ReferenceFolder.RepositoryFile("diffusers-unet2d", "gray-heads");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("epsilon", DiscretePrediction.Epsilon)]
    [InlineData("sample", DiscretePrediction.X0)]
    [InlineData("v_prediction", DiscretePrediction.V)]
    public void A_diffusers_model_file_denoises_as_its_schedule_and_prediction_say(string name, DiscretePrediction prediction)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        DiffusersModelFolder.Write(_folder["model"], s_grayHeads, scheduler: Scheduler($"\"prediction_type\": \"{name}\""));
        using var imported = ModelImport.FromDiffusers(_folder["model"]);
        ModelFile.Save(_folder["m.safetensors"], imported.Description, imported.Network.state_dict());
        using var model = ModelFile.Load(_folder["m.safetensors"]);
        model.Description.Preconditioning.ShouldBe(new DiscretePreconditioning(Prediction: prediction, Variance: ReverseVariance.FixedSmall));

        // x_t = √ᾱ x with timestep t counted from 0; x_0 from what the network says.
        const int Timestep = 400;
        var schedule = DiscreteNoiseSchedule.Linear();
        var sigma = schedule.Sigma(Timestep + 1);
        var alphaBar = schedule.AlphaBar(Timestep + 1);
        var x = randn([2, 1, 16, 16], new Generator(3)) * sigma;
        var xt = x * Math.Sqrt(alphaBar);
        var output = model.Network.Forward(xt, tensor([(float)Timestep, Timestep]), null, null);
        var expected = prediction switch
        {
            DiscretePrediction.Epsilon => (xt - (output * Math.Sqrt(1 - alphaBar))) / Math.Sqrt(alphaBar),
            DiscretePrediction.X0 => output,
            _ => (xt * Math.Sqrt(alphaBar)) - (output * Math.Sqrt(1 - alphaBar)),
        };
        Relative(model.Denoiser.Denoise(x, tensor([sigma])), expected).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void Flow_models_follow_the_straight_path()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        DiffusersModelFolder.Write(_folder["model"], s_grayHeads, scheduler: """{ "_class_name": "FlowMatchEulerDiscreteScheduler" }""");
        using var model = ModelImport.FromDiffusers(_folder["model"]);
        var x = randn([1, 1, 16, 16], new Generator(3)) * 4;
        var input = x / 5;  // tau = 0.8
        var output = model.Network.Forward(input, tensor([800f]), null, null);
        Relative(model.Denoiser.Denoise(x, tensor([4.0])), input - (output * 0.8)).ShouldBeLessThan(1e-4);
    }

    [Theory]
    [InlineData("DownBlock2D\",", "SkipDownBlock2D\",", "the block type 'SkipDownBlock2D' in down_block_types is not supported")]
    [InlineData("\"act_fn\": \"silu\"", "\"act_fn\": \"mish\"", "act_fn mish, which is not supported")]
    [InlineData("\"sample_size\": 16", "\"sample_size\": null", "does not say its sample_size")]
    [InlineData("\"layers_per_block\": 1", "\"layers_per_block\": \"one\"", "layers_per_block, which is of the wrong kind")]
    [InlineData("\"norm_num_groups\": 8", "\"norm_num_groups\": 7", "norm_num_groups 7")]
    [InlineData("\"UNet2DModel\"", "\"UNet2DConditionModel\"", "_class_name UNet2DConditionModel, which is not supported")]
    [InlineData("\"out_channels\": 1", "\"out_channels\": 3", "out_channels 3 for in_channels 1")]
    [InlineData("\"center_input_sample\": false", "\"center_input_sample\": true", "has center_input_sample")]
    public void A_configuration_that_cannot_be_run_is_refused_in_one_line(string part, string instead, string because)
    {
        DiffusersModelFolder.Write(_folder["model"], s_grayHeads, config: text => text.Contains(part) ? text.Replace(part, instead) : throw new InvalidOperationException(part));
        ShouldBeRefused(() => ModelImport.FromDiffusers(_folder["model"]), because, _folder["model"]);
    }

    [Theory]
    [InlineData("\"beta_schedule\": \"sigmoid\"", "beta_schedule 'sigmoid'")]
    [InlineData("\"prediction_type\": \"score\"", "prediction_type 'score'")]
    [InlineData("\"trained_betas\": [0.1]", "trained_betas")]
    [InlineData("\"variance_type\": \"learned_range\"", "the network has no outputs for variances")]
    [InlineData("\"beta_end\": 2", "beta")]
    [InlineData("\"beta_schedule\": \"squaredcos_cap_v2\", \"num_train_timesteps\": -5", "T is -5")]
    [InlineData("\"prediction_type\": \"flow_prediction\", \"num_train_timesteps\": 0", "time_scale 0")]
    [InlineData("\"timestep_type\": \"continuous\"", "timestep_type continuous")]
    [InlineData("\"invert_sigmas\": true", "has invert_sigmas")]
    public void A_schedule_that_cannot_be_run_is_refused_in_one_line(string field, string because)
    {
        DiffusersModelFolder.Write(_folder["model"], s_grayHeads, scheduler: Scheduler(field));
        ShouldBeRefused(() => ModelImport.FromDiffusers(_folder["model"]), because, _folder["model"]);
    }

    [Theory]
    [InlineData("KarrasVeScheduler")]
    [InlineData("CosineDPMSolverMultistepScheduler")]
    [InlineData("EDMEulerScheduler")]
    [InlineData("ScoreSdeVeScheduler")]
    [InlineData("SchedulerOfTomorrow")]
    public void Schedulers_of_other_processes_are_refused(string name)
    {
        DiffusersModelFolder.Write(_folder["model"], s_grayHeads, scheduler: $$"""{ "_class_name": "{{name}}" }""");
        ShouldBeRefused(() => ModelImport.FromDiffusers(_folder["model"]), $"has the scheduler '{name}', of which no training process with betas is known", _folder["model"]);
    }

    [Theory]
    [InlineData("PNDMScheduler", 1e-4, 0.02)]
    [InlineData("HeunDiscreteScheduler", 0.00085, 0.012)]
    [InlineData("KDPM2AncestralDiscreteScheduler", 0.00085, 0.012)]
    public void Betas_that_the_file_does_not_say_are_those_of_its_scheduler(string name, double start, double end)
    {
        DiffusersModelFolder.Write(_folder["model"], s_grayHeads, scheduler: $$"""{ "_class_name": "{{name}}" }""");
        using var model = ModelImport.FromDiffusers(_folder["model"]);
        model.Description.Preconditioning.ShouldBe(new DiscretePreconditioning(BetaStart: start, BetaEnd: end, Variance: ReverseVariance.FixedSmall));
    }

    [Theory]
    [InlineData("\"predict_epsilon\": false", DiscretePrediction.X0)]
    [InlineData("\"predict_epsilon\": true, \"prediction_type\": \"v_prediction\"", DiscretePrediction.V)]
    public void The_old_name_of_sample_prediction_is_known(string field, DiscretePrediction prediction)
    {
        DiffusersModelFolder.Write(_folder["model"], s_grayHeads, scheduler: Scheduler(field));
        using var model = ModelImport.FromDiffusers(_folder["model"]);
        model.Description.Preconditioning.ShouldBeOfType<DiscretePreconditioning>().Prediction.ShouldBe(prediction);
    }

    [Theory]
    [InlineData("{ \"_class_name\": \"DDPMScheduler\" }", "--clip-denoised")]
    [InlineData("{ \"_class_name\": \"DDIMScheduler\", \"clip_sample\": false }", null)]
    [InlineData("{ \"_class_name\": \"DDIMScheduler\", \"clip_sample_range\": 3 }", "--clip-range 3 when")]
    [InlineData("{ \"_class_name\": \"EulerDiscreteScheduler\" }", null)]
    [InlineData("{ \"_class_name\": \"DPMSolverMultistepScheduler\", \"thresholding\": true }", "--clip-range 1 --clip-quantile 0.995")]
    public void A_scheduler_that_limits_predicted_images_is_noted_in_the_file_and_said(string scheduler, string? flags)
    {
        var folder = DiffusersModelFolder.Write(_folder["model"], s_grayHeads, scheduler: scheduler);
        var run = CommandLine.Run("model", "import", folder, "--from", "diffusers", "--dest", _folder["m.safetensors"]);
        run.ExitCode.ShouldBe(0);
        run.Output.Contains(flags ?? "--clip", StringComparison.Ordinal).ShouldBe(flags is not null);
        var description = ModelFile.ReadDescription(_folder["m.safetensors"]);
        description.ClipDenoised.ShouldBe(flags is not null);
        (description.ClipLimit?.Flags ?? "--clip-denoised").ShouldBe(flags?.Replace(" when", "", StringComparison.Ordinal) ?? "--clip-denoised");
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20 }, "save it again with PyTorch 1.6 or newer")]
    [InlineData(new byte[] { 0x80, 3, 0x7D, 0x71, 0, 0x58, 3, 0, 0, 0 }, "tools/export_edm_pickle.py")]
    [InlineData(new byte[] { 0x80, 4, 0x95, 0x34, 0x12, 0, 0, 0, 0, 0 }, "tools/export_edm_pickle.py")]
    public void A_pickle_is_refused_with_the_way_out(byte[] start, string advice)
    {
        using var model = TinyModel.Create();
        var path = _folder.Write("weights.pkl", [.. start, .. new byte[100]]);
        ShouldBeRefused(() => ModelImport.FromEdm(path), advice, path);
        ShouldBeRefused(() => ModelImport.FromStateDict(path, model.Description), advice, path);
        ShouldBeRefused(() => ModelFile.Load(path), advice, path);
    }

    [Fact]
    public void Missing_parts_are_named()
    {
        Should.Throw<FileNotFoundException>(() => ModelImport.FromDiffusers(_folder["nothing"]));
        ShouldBeRefused(() => ModelImport.FromDiffusers(_folder.Path), "has neither config.json", _folder.Path);
        var folder = DiffusersModelFolder.Write(_folder["model"], s_grayHeads, scheduler: null);
        ShouldBeRefused(() => ModelImport.FromDiffusers(folder), "has no scheduler_config.json", folder);
        DiffusersModelFolder.Write(folder, s_grayHeads, name => name == "conv_in.bias" ? "conv_in.b" : name);
        ShouldBeRefused(() => ModelImport.FromDiffusers(folder), "missing conv_in.bias, unexpected conv_in.b", folder);
    }

    [Fact]
    public void An_EDM_export_keeps_its_options_and_weights()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        Export("""
            { "precond": "EDMPrecond", "sigma_data": 0.4, "img_resolution": 8, "img_channels": 1, "label_dim": 4, "model_type": "SongUNet",
              "model_channels": 16, "channel_mult": [1, 2], "num_blocks": 1, "attn_resolutions": [4] }
            """);
        using var imported = ModelImport.FromEdm(_folder["edm.safetensors"]);
        imported.Description.Preconditioning.ShouldBe(new EdmPreconditioning(0.4));
        imported.Network.state_dict().Select(w => w.Value.ToArray<float>()).ShouldBe(model.Network.state_dict().Select(w => w.Value.ToArray<float>()));

        Export("""{ "precond": "OtherPrecond", "model_type": "SongUNet" }""");
        ShouldBeRefused(() => ModelImport.FromEdm(_folder["edm.safetensors"]), "precond 'OtherPrecond' is not known", _folder.Path);
        Export("[");
        ShouldBeRefused(() => ModelImport.FromEdm(_folder["edm.safetensors"]), "edm.config is not valid", _folder.Path);
        ShouldBeRefused(() => ModelImport.FromEdm(TinyModel.Save(_folder["own.safetensors"])), "has no edm.config in its metadata", _folder.Path);

        void Export(string config) => SafetensorsWriter.Write(
            _folder["edm.safetensors"], model.Network.state_dict().Select(w => w.Value.ToSafetensors($"model.{w.Name}")),
            new Dictionary<string, string> { [EdmConfig.MetadataKey] = config });
    }

    [PyTorchFact]
    public void A_state_dict_of_PyTorch_fills_the_described_model()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        SafetensorsWriter.Write(_folder["w.safetensors"], model.Network.state_dict().Select(w => w.Value.ToSafetensors(w.Name)));
        Python.Run($$"""
            import json, struct, torch
            raw = open('{{_folder["w.safetensors"]}}', 'rb').read()
            n = struct.unpack('<Q', raw[:8])[0]
            head = json.loads(raw[8:8 + n])
            state = {k: torch.frombuffer(bytearray(raw[8 + n + v['data_offsets'][0]:8 + n + v['data_offsets'][1]]), dtype=torch.float32).reshape(v['shape'])
                     for k, v in head.items() if k != '__metadata__'}
            torch.save({'step': 7, 'lr': 1e-3, 'ema': state}, '{{_folder["w.pt"]}}')
            """).ShouldBeNull();
        using var imported = ModelImport.FromStateDict(_folder["w.pt"], model.Description, "ema.");
        imported.Network.state_dict().Select(w => w.Value.ToArray<float>()).ShouldBe(model.Network.state_dict().Select(w => w.Value.ToArray<float>()));
        ShouldBeRefused(() => ModelImport.FromStateDict(_folder["w.pt"], model.Description), "unexpected ema.", _folder.Path);
    }

    [Fact]
    public void An_imported_model_is_a_model_for_the_verbs()
    {
        var folder = DiffusersModelFolder.Write(_folder["model"], s_grayHeads);
        var file = _folder["m.safetensors"];
        CommandLine.Json("model", "import", folder, "--from", "diffusers", "--dest", file).GetProperty("file").GetString().ShouldBe(file);
        var info = CommandLine.Json("model", "info", file);
        info.GetProperty("network").GetProperty("model_type").GetString().ShouldBe("UNet2DModel");
        info.GetProperty("preconditioning").GetProperty("precond").GetString().ShouldBe("ddpm");
        info.GetProperty("sigma_max").GetDouble().ShouldBe(DiscreteNoiseSchedule.Linear().Sigma(1000), 1e-9);
        info.GetProperty("weights_sha256").GetString().ShouldBe(WeightHash.Sha256(file));
        var text = CommandLine.Run("model", "info", file).Trimmed;
        foreach (var fact in new[]
                 {
                     "ddpm, betas linear, steps 1000, beta_start 0.0001, beta_end 0.02, prediction epsilon, variance fixed_small", "sigma 0.0100005 to 157.407",
                     "--clip-denoised", WeightHash.Sha256(file),
                 })
        {
            string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)).ShouldContain(fact);
        }

        CommandLine.Json("sample", "--network", file, "--seeds", "0-1", "--steps", "2", "--outdir", _folder["out"]).GetProperty("nfe").GetDouble().ShouldBe(3);
    }

    [Fact]
    public void Import_flags_that_do_not_belong_together_are_refused()
    {
        CommandLine.Run("model", "import", "x", "--from", "diffusers").ShouldBeRefused("--dest");
        CommandLine.Run("model", "import", "x", "--from", "edm", "--dest", "y", "--config", "z").ShouldBeRefused("--config");
        CommandLine.Run("model", "import", "x", "--from", "state-dict", "--dest", "y").ShouldBeRefused("--config");
        CommandLine.Run("model", "import", "x", "--from", "edm", "--dest", "y", "--prefix", "z").ShouldBeRefused("--prefix");
        CommandLine.Run("model", "import", "x", "--from", "pickle", "--dest", "y").ShouldBeRefused("pickle");
        CommandLine.Run("model", "import", _folder["none"], "--from", "diffusers", "--dest", "y").ShouldBeRefused("no such folder");
    }

    private static string Scheduler(string field) => $$"""{ "_class_name": "DDIMScheduler", {{field}} }""";

    private static double Relative(Tensor actual, Tensor expected) => ((actual - expected).abs().max() / expected.abs().max()).ToDouble();

    private static void ShouldBeRefused(Action import, string because, string path)
    {
        var error = Should.Throw<InvalidDataException>(import);
        error.Message.ShouldContain(because);
        error.Message.ShouldStartWith(path);
        error.Message.ShouldNotContain("\n");
    }
}
