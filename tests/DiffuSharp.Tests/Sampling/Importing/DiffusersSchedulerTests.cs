using System.Text;
using System.Text.Json.Nodes;
using DiffuSharp.Sampling.Importing;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Sampling.Importing;

public sealed class DiffusersSchedulerTests : IDisposable
{
    private const string Latent = "\"beta_schedule\":\"scaled_linear\",\"beta_start\":0.00085,\"beta_end\":0.012";
    private static readonly SamplerReference s_reference = new("samplers_discrete.json");

    private static readonly Dictionary<string, string> s_classes = new(StringComparer.Ordinal)
    {
        ["ddpm"] = "DDPM", ["ddim"] = "DDIM", ["pndm"] = "PNDM", ["euler"] = "EulerDiscrete", ["heun"] = "HeunDiscrete", ["deis2"] = "DEISMultistep",
        ["dpmsolver++2m"] = "DPMSolverMultistep", ["dpmsolver++3m"] = "DPMSolverMultistep", ["unipc2"] = "UniPCMultistep", ["unipc3"] = "UniPCMultistep",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Reference")]
    public void Every_reference_case_gives_its_samples_from_its_configuration_alone()
    {
        var compared = 0;
        foreach (var item in s_reference.Cases)
        {
            var name = item.GetProperty("name").GetString()!;
            var config = JsonNode.Parse(item.GetProperty("config").GetRawText())!.AsObject();
            config["_class_name"] = s_classes[name] + "Scheduler";
            if (name.StartsWith("dpm", StringComparison.Ordinal) || name.StartsWith("unipc", StringComparison.Ordinal))
            {
                // The reference is of a version that always ended there.
                config["final_sigmas_type"] = "sigma_min";
            }

            var path = Write(config.ToJsonString());
            var steps = item.GetProperty("steps").GetInt32();
            var eta = item.GetProperty("step").TryGetProperty("eta", out var value) ? value.GetDouble() : 0;
            if (name == "ddim" && config["clip_sample"]?.GetValue<bool>() == true)
            {
                Should.Throw<InvalidDataException>(() => DiffusersScheduler.Load(path, steps, eta)).Message.ShouldContain("clip_sample");
                continue;
            }

            var tableau = DiffusersScheduler.Load(path, steps, eta).Tableau;
            tableau.Nfe.ShouldBe(item.GetProperty("nfe").GetInt32(), name);

            // Euler and Heun hold their levels in single precision.
            var tolerance = name is "euler" or "heun" ? 1e-6 : 1e-8;
            var samples = SamplerReference.Images(item.GetProperty("samples"));
            for (var n = 0; n < samples.Length; n++)
            {
                new ReferenceRunner(s_reference.Mixture.Denoise).Run(tableau, s_reference.Latents[n], row => s_reference.NoiseDraws[row - 1][n])
                    .ShouldBe(samples[n], tolerance, $"{name} {steps} {config}");
            }

            compared++;
        }

        compared.ShouldBe(s_reference.Cases.Count - 1);
    }

    // Levels that the library itself lists for these configurations, in single precision.
    [Theory]
    [InlineData("EulerDiscrete", "\"timestep_spacing\":\"leading\",\"steps_offset\":1", 7, 6.646311283111572, "6.570651054382324 3.4854559898376465 2.0473127365112305 1.2720633745193481 0.7900615334510803 0.4403095841407776 0.04131447896361351 0")]
    [InlineData("EulerDiscrete", "\"timestep_spacing\":\"leading\",\"steps_offset\":1,\"use_karras_sigmas\":true", 7, 6.646311283111572, "6.570651054382324 3.504579782485962 1.7567622661590576 0.816448986530304 0.34529247879981995 0.12941104173660278 0.04131447896361351 0")]
    [InlineData("EulerDiscrete", "\"timestep_spacing\":\"linspace\"", 7, 14.614645004272461, "14.614645004272461 5.948917865753174 2.9183082580566406 1.6155833005905151 0.9323583245277405 0.4935535192489624 0.029167532920837402 0")]
    [InlineData("EulerAncestralDiscrete", "\"timestep_spacing\":\"trailing\"", 7, 14.614645004272461, "14.614645004272461 6.668572425842285 3.5138790607452393 2.054476499557495 1.2762356996536255 0.7900615334510803 0.43806231021881104 0")]
    [InlineData("LMSDiscrete", "\"timestep_spacing\":\"leading\",\"steps_offset\":1", 7, 6.646311283111572, "6.570651054382324 3.4854559898376465 2.0473127365112305 1.2720633745193481 0.7900615334510803 0.4403095841407776 0.04131447896361351 0")]
    [InlineData("HeunDiscrete", "\"timestep_spacing\":\"leading\",\"steps_offset\":1", 5, 5.2309088706970215, "5.134433269500732 2.2928547859191895 2.2928547859191895 1.1682164669036865 1.1682164669036865 0.5740507245063782 0.5740507245063782 0.04131447896361351 0.04131447896361351 0")]
    [InlineData("KDPM2Discrete", "\"timestep_spacing\":\"leading\",\"steps_offset\":1", 5, 5.2309088706970215, "5.134433269500732 3.4311076944 2.2928547859191895 1.6366271467 1.1682164669036865 0.8189106619 0.5740507245063782 0.1540017822 0.04131447896361351 0")]
    [InlineData("DPMSolverMultistep", "\"timestep_spacing\":\"leading\",\"steps_offset\":1", 8, 0, "7.880583763122559 4.6296210289001465 2.9295496940612793 1.9569120407104492 1.3493467569351196 0.9355101585388184 0.6274458765983582 0.3708992302417755 0")]
    [InlineData("DPMSolverMultistep", "\"algorithm_type\":\"sde-dpmsolver++\",\"timestep_spacing\":\"leading\",\"steps_offset\":1", 8, 0, "7.880583763122559 4.6296210289001465 2.9295496940612793 1.9569120407104492 1.3493467569351196 0.9355101585388184 0.6274458765983582 0.3708992302417755 0")]
    [InlineData("DPMSolverMultistep", "\"timestep_spacing\":\"leading\",\"steps_offset\":1,\"use_karras_sigmas\":true", 8, 0, "14.614645004272461 7.9029436111450195 4.027745723724365 1.910362720489502 0.8288716673851013 0.3211216628551483 0.10719937831163406 0.029167532920837402 0")]
    [InlineData("DPMSolverSinglestep", "\"lower_order_final\":true", 8, 0, "14.614645004272461 7.297353744506836 4.081730842590332 2.4925312995910645 1.6182795763015747 1.072486400604248 0.6957994699478149 0.3999822735786438 0")]
    [InlineData("DEISMultistep", "\"timestep_spacing\":\"linspace\"", 7, 0, "14.614645004272461 6.668572425842285 3.5282044410705566 2.061671495437622 1.2762356996536255 0.7900615334510803 0.4403095841407776 0.0291547595")]
    [InlineData("UniPCMultistep", "\"timestep_spacing\":\"linspace\"", 7, 0, "14.614645004272461 6.668572425842285 3.5282044410705566 2.061671495437622 1.2762356996536255 0.7900615334510803 0.4403095841407776 0")]
    public void Levels_and_start_are_those_of_the_library(string name, string options, int steps, double start, string sigmas)
    {
        var tableau = DiffusersScheduler.Load(Write($"{{\"_class_name\":\"{name}Scheduler\",{Latent},{options}}}"), steps).Tableau;
        double[] expected = [.. sigmas.Split(' ').Select(s => double.Parse(s, System.Globalization.CultureInfo.InvariantCulture))];
        tableau.Rows.Count.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            // In single precision 1 − ᾱ_1 = 0.00085 has four digits and a half left, and Karras' levels start from it.
            tableau.Rows[i].Sigma.ShouldBe(expected[i], (2e-5 * expected[i]) + 1e-12, $"level {i}");
        }

        // VP states start at N(0, I).
        tableau.Rows[0].Prior.ShouldBe(start == 0 ? Math.Sqrt(1 + (expected[0] * expected[0])) : start, 1e-5);
    }

    [Theory]
    [InlineData("\"set_alpha_to_one\":false,\"steps_offset\":1", 831, 0.0291675)]
    [InlineData("\"steps_offset\":0", 830, 0)]
    public void DDIM_ends_at_the_first_step_of_the_process_or_at_no_noise(string options, int first, double last)
    {
        var tableau = DiffusersScheduler.Load(Write($"{{\"_class_name\":\"DDIMScheduler\",\"clip_sample\":false,{Latent},{options}}}"), 6).Tableau;
        var process = DiscreteNoiseSchedule.ScaledLinear();
        tableau.Rows[0].Sigma.ShouldBe(process.Sigma(first + 1), 1e-12);
        tableau.Rows[^1].Sigma.ShouldBe(last / Math.Sqrt(1 + (last * last)), 1e-6);
    }

    [Fact]
    public void Where_the_stride_is_not_the_spacing_the_state_goes_on_at_another_timestep()
    {
        // T = 1000 and N = 6: steps of 166, timesteps 999, 832, 666, ... The state after the first step is at 833, and the network is told 832.
        var process = DiscreteNoiseSchedule.ScaledLinear();
        var row = DiffusersScheduler.Load(Write($"{{\"_class_name\":\"DDIMScheduler\",\"clip_sample\":false,{Latent},\"timestep_spacing\":\"trailing\"}}"), 6).Tableau.Rows[1];
        (var told, var reached) = (process.Sigma(833), process.Sigma(834));
        row.Sigma.ShouldBe(told, 1e-12);
        row.States[0].Coefficient.ShouldBe(Math.Sqrt((1 + (told * told)) / (1 + (reached * reached))) * reached / process.Sigma(1000), 1e-12);
    }

    [Fact]
    public void LCM_visits_the_timesteps_of_its_training_and_draws_noise_in_all_steps_but_the_last()
    {
        var process = DiscreteNoiseSchedule.ScaledLinear();
        var tableau = DiffusersScheduler.Load(Write($"{{\"_class_name\":\"LCMScheduler\",{Latent}}}"), 4).Tableau;
        tableau.Rows.SkipLast(1).Select(row => row.Sigma).ShouldBe(new[] { 999, 759, 499, 259 }.Select(t => process.Sigma(t + 1)), 1e-12);
        tableau.NoiseDraws.ShouldBe(3);
    }

    [Fact]
    public void A_flow_is_shifted_twice_and_starts_at_noise_alone()
    {
        var tableau = DiffusersScheduler.Load(Write("{\"_class_name\":\"FlowMatchEulerDiscreteScheduler\",\"shift\":3.0}"), 6).Tableau;
        double[] times = [1, 0.9233425259590149, 0.8189233541488647, 0.6683266758918762, 0.4322250783443451, 0.008928571827709675, 0];
        tableau.Rows.Select(row => row.Sigma / (1 + row.Sigma)).ShouldBe(times, 1e-6);
        // Euler in τ: x_τ' = x_τ + (τ' − τ)(ε − x_0), the first from noise alone.
        var first = new ReferenceRunner((x, _) => [0.25]).Run(tableau, [1.5]);
        first[0].ShouldBe(0.25, 1e-6);
    }

    [Theory]
    [InlineData("\"_class_name\":\"EDMEulerScheduler\"", "EDMEuler")]
    [InlineData("\"_class_name\":\"KDPM2AncestralDiscreteScheduler\"", "KDPM2AncestralDiscrete")]
    [InlineData("\"_class_name\":\"DDIMScheduler\"", "clip_sample")]
    [InlineData("\"_class_name\":\"DDPMScheduler\",\"clip_sample_range\":3.0", "clip_sample")]
    [InlineData("\"_class_name\":\"DDIMScheduler\",\"rescale_betas_zero_snr\":true", "rescale_betas_zero_snr")]
    [InlineData("\"_class_name\":\"DPMSolverMultistepScheduler\",\"thresholding\":true", "thresholding")]
    [InlineData("\"_class_name\":\"DPMSolverMultistepScheduler\",\"use_beta_sigmas\":true", "use_beta_sigmas")]
    [InlineData("\"_class_name\":\"DPMSolverMultistepScheduler\",\"algorithm_type\":\"dpmsolver\"", "sigma_min")]
    [InlineData("\"_class_name\":\"DPMSolverMultistepScheduler\",\"lambda_min_clipped\":-5.1", "lambda_min_clipped")]
    [InlineData("\"_class_name\":\"PNDMScheduler\"", "skip_prk_steps")]
    [InlineData("\"_class_name\":\"PNDMScheduler\",\"skip_prk_steps\":true,\"timestep_spacing\":\"linspace\"", "timesteps that are not")]
    [InlineData("\"_class_name\":\"EulerDiscreteScheduler\",\"interpolation_type\":\"log_linear\"", "interpolation_type")]
    [InlineData("\"_class_name\":\"EulerDiscreteScheduler\",\"timestep_spacing\":\"odd\"", "timestep_spacing")]
    [InlineData("\"_class_name\":\"EulerDiscreteScheduler\",\"use_karras_sigmas\":true,\"use_beta_sigmas\":true", "exclude each other")]
    [InlineData("\"_class_name\":\"FlowMatchEulerDiscreteScheduler\",\"use_dynamic_shifting\":true", "use_dynamic_shifting")]
    [InlineData("\"_class_name\":\"UniPCMultistepScheduler\",\"solver_type\":\"bh1\"", "bh1")]
    public void What_cannot_be_said_exactly_is_refused_by_name(string fields, string because) =>
        Should.Throw<InvalidDataException>(() => DiffusersScheduler.Load(Write($"{{{fields}}}"), 7)).Message.ShouldContain(because);

    [Fact]
    public void Infinity_as_Python_writes_it_and_listed_betas_are_read()
    {
        var betas = string.Join(',', Enumerable.Range(0, 50).Select(i => FormattableString.Invariant($"{0.001 + (i * 0.001)}")));
        var tableau = DiffusersScheduler.Load(
            Write($"{{\"_class_name\":\"DPMSolverMultistepScheduler\",\"lambda_min_clipped\": -Infinity,\"num_train_timesteps\":50,\"trained_betas\":[{betas}]}}"), 5).Tableau;
        tableau.Rows[0].Sigma.ShouldBe(DiscreteNoiseSchedule.Linear(50, 0.001, 0.05).Sigma(50), 1e-9);
    }

    private string Write(string json) => _folder.Write("scheduler_config.json", Encoding.UTF8.GetBytes(json));
}
