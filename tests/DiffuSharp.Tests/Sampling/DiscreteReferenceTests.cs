using System.Text.Json;
using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tests.Sampling;

/// <summary>Every case of samplers_discrete.json, computed through a tableau and taken back to VP coordinates.</summary>
[Trait("Category", "Reference")]
public sealed class DiscreteReferenceTests
{
    private static readonly SamplerReference s_reference = new("samplers_discrete.json");

    public static TheoryData<int, string> Cases()
    {
        var cases = new TheoryData<int, string>();
        for (var i = 0; i < s_reference.Cases.Count; i++)
        {
            var item = s_reference.Cases[i];
            cases.Add(i, $"{Name(item)} {item.GetProperty("steps")} {item.GetProperty("config").GetRawText()} {item.GetProperty("step").GetRawText()}");
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tableau_gives_the_reference_samples(int index, string description)
    {
        var item = s_reference.Cases[index];
        var config = item.GetProperty("config");
        var schedule = Schedule(config);
        var timesteps = item.GetProperty("timesteps").Deserialize<double[]>()!;
        var levels = Levels(item, schedule, timesteps);
        var tableau = Tableau(item, config, levels);
        var initial = item.GetProperty("init_noise_sigma").GetDouble();

        // Euler and Heun hold EDM's state, the others the VP state x √ᾱ, which starts at N(0, I).
        var sigmaSpace = Name(item) is "euler" or "heun";
        var start = sigmaSpace ? initial : initial * Math.Sqrt(1 + levels[0] * levels[0]);
        var end = sigmaSpace ? 1 : 1 / Math.Sqrt(1 + levels[levels.Steps] * levels[levels.Steps]);
        tableau = tableau.ScalePrior(start / levels[0]);

        // The published Euler and Heun samplers keep their noise levels in single precision.
        var tolerance = sigmaSpace ? 1e-6 : 1e-8;
        var samples = SamplerReference.Images(item.GetProperty("samples"));
        tableau.Nfe.ShouldBe(item.GetProperty("nfe").GetInt32() * (KeepsEpsilon(item) ? 2 : 1), description);
        for (var n = 0; n < samples.Length; n++)
        {
            var runner = new ReferenceRunner(Denoiser(item));
            var sample = runner.Run(tableau, s_reference.Latents[n], row => s_reference.NoiseDraws[row - 1][n]);
            for (var c = 0; c < sample.Length; c++)
            {
                (end * sample[c]).ShouldBe(samples[n][c], tolerance, $"{description}: image {n}, value {c}");
            }
        }
    }

    private static SamplerTableau Tableau(JsonElement item, JsonElement config, NoiseLevels levels)
    {
        // The published code falls back to lower order at the end of short runs only.
        var shortRun = levels.Steps < 15;
        var order = config.TryGetProperty("solver_order", out var value) ? value.GetInt32() : 1;
        switch (Name(item))
        {
            case "ddpm":
                return new Ddpm { Variance = Text(config, "variance_type") == "fixed_large" ? ReverseVariance.FixedLarge : ReverseVariance.FixedSmall }.Build(levels);
            case "ddim" when KeepsEpsilon(item):
                return ClippedDdim(levels);
            case "ddim":
                return new Ddim { Eta = item.GetProperty("step").TryGetProperty("eta", out var eta) ? eta.GetDouble() : 0 }.Build(levels);
            case "dpmsolver++2m" or "dpmsolver++3m":
                return new DpmSolverPlusPlus { Order = order, LowerOrderFinal = shortRun && config.GetProperty("lower_order_final").GetBoolean() }.Build(levels);
            case "unipc2" or "unipc3":
                return new UniPC { Order = order, Variant = Enum.Parse<UniPCVariant>(Text(config, "solver_type")!, ignoreCase: true) }.Build(levels);
            case "deis2":
                return new Deis { Order = order, Polynomial = DeisVariable.LogSigma, LowerOrderFinal = shortRun }.Build(levels);
            case "pndm":
                return new Pndm().Build(levels);
            case "euler":
                return new Euler().Build(levels);
            case "heun":
                return new Heun().Build(levels);
            default:
                throw new InvalidDataException($"Sampler '{Name(item)}' is not known.");
        }
    }

    // The levels of the stride, checked against the timesteps that the reference lists.
    private static NoiseLevels Levels(JsonElement item, DiscreteNoiseSchedule schedule, double[] timesteps)
    {
        var steps = item.GetProperty("steps").GetInt32();
        switch (Name(item))
        {
            case "ddpm" or "ddim":
                DiscreteLevels.Timesteps(schedule.T, TimestepStride.Leading, steps).ShouldBe(timesteps);
                return DiscreteLevels.Create(schedule, TimestepStride.Leading, steps);
            case "pndm":
                // The second timestep is there twice, and a last step of length 0 stands at timestep 0.
                DiscreteLevels.Timesteps(schedule.T, TimestepStride.Leading, steps).ShouldBe([timesteps[0], .. timesteps[2..]]);
                var leading = DiscreteLevels.Create(schedule, TimestepStride.Leading, steps);
                return new NoiseLevels([.. leading.Sigmas.SkipLast(1), leading[steps - 1]]);
            case "euler" or "heun":
                var linspace = DiscreteLevels.Timesteps(schedule.T, TimestepStride.Linspace, steps);
                var each = Name(item) == "heun" ? 2 : 1;
                linspace.Zip(timesteps.Where((_, i) => i == 0 || each == 1 || i % 2 == 1)).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-4);

                // Between timesteps the published code takes σ as linear in t, ours ln ᾱ; at timesteps they agree.
                return new NoiseLevels([.. linspace.Select(t => SigmaByLine(schedule, t)), 0]);
            default:
                DiscreteLevels.Timesteps(schedule.T, TimestepStride.Linear, steps).SkipLast(1).ShouldBe(timesteps);
                return DiscreteLevels.Create(schedule, TimestepStride.Linear, steps);
        }
    }

    private static double SigmaByLine(DiscreteNoiseSchedule schedule, double timestep)
    {
        var below = (int)Math.Min(timestep, schedule.T - 2);
        var low = schedule.Sigma(below + 1);
        return low + (timestep - below) * (schedule.Sigma(below + 2) - low);
    }

    private static DiscreteNoiseSchedule Schedule(JsonElement config) => Text(config, "beta_schedule") switch
    {
        "linear" => DiscreteNoiseSchedule.Linear(1000, config.GetProperty("beta_start").GetDouble(), config.GetProperty("beta_end").GetDouble()),
        "scaled_linear" => DiscreteNoiseSchedule.ScaledLinear(1000, config.GetProperty("beta_start").GetDouble(), config.GetProperty("beta_end").GetDouble()),
        "squaredcos_cap_v2" => DiscreteNoiseSchedule.Cosine(),
        var other => throw new InvalidDataException($"Beta schedule '{other}' is not known."),
    };

    private static Func<double[], double, double[]> Denoiser(JsonElement item)
    {
        var config = item.GetProperty("config");
        if (!Clips(config))
        {
            return s_reference.Mixture.Denoise;
        }

        var range = config.TryGetProperty("clip_sample_range", out var value) ? value.GetDouble() : 1;
        var call = 0;
        return (x, sigma) =>
        {
            var denoised = s_reference.Mixture.Denoise(x, sigma);
            return KeepsEpsilon(item) && call++ % 2 == 0 ? denoised : [.. denoised.Select(d => Math.Clamp(d, -range, range))];
        };
    }

    // The published DDIM clips x̂_0 but steps along the ε of the unclipped one. That needs both answers to one state: as a tableau, a
    // second row at the same state, whose D is the clipped one.
    private static SamplerTableau ClippedDdim(NoiseLevels levels)
    {
        var network = new SamplerTableauBuilder();
        var x = levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var state, var denoised) = network.Evaluate(x, levels[i]);
            (_, var clipped) = network.Evaluate(state, levels[i]);
            x = clipped + levels[i + 1] / levels[i] * (state - denoised);
        }

        return network.Sample(x);
    }

    private static bool KeepsEpsilon(JsonElement item) => Name(item) == "ddim" && Clips(item.GetProperty("config"));

    private static bool Clips(JsonElement config) => config.TryGetProperty("clip_sample", out var clip) && clip.GetBoolean();

    private static string Name(JsonElement item) => item.GetProperty("name").GetString()!;

    private static string? Text(JsonElement config, string name) => config.TryGetProperty(name, out var value) ? value.GetString() : null;
}
