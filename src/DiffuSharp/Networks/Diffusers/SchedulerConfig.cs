using DiffuSharp.Denoising;
using DiffuSharp.Schedules;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>
/// Reads the <c>scheduler_config.json</c> of the diffusers library: the noise schedule and what the network predicts. Which of the known
/// schedulers it names is of no matter beyond that, since they are solvers of the same processes; schedulers of other processes are refused.
/// </summary>
internal static class SchedulerConfig
{
    private const string Betas = "beta_schedule";
    private const string Prediction = "prediction_type";
    private const string Variance = "variance_type";
    private const string Suffix = "Scheduler";

    // Of the discrete process, with β_1 and β_T where the file does not say them.
    private static readonly Dictionary<string, (double Start, double End)> s_discrete = new(StringComparer.Ordinal)
    {
        ["DDPM"] = (1e-4, 0.02),
        ["DDPMParallel"] = (1e-4, 0.02),
        ["DDIM"] = (1e-4, 0.02),
        ["DDIMParallel"] = (1e-4, 0.02),
        ["PNDM"] = (1e-4, 0.02),
        ["LMSDiscrete"] = (1e-4, 0.02),
        ["EulerDiscrete"] = (1e-4, 0.02),
        ["EulerAncestralDiscrete"] = (1e-4, 0.02),
        ["HeunDiscrete"] = (0.00085, 0.012),
        ["KDPM2Discrete"] = (0.00085, 0.012),
        ["KDPM2AncestralDiscrete"] = (0.00085, 0.012),
        ["DPMSolverMultistep"] = (1e-4, 0.02),
        ["DPMSolverSinglestep"] = (1e-4, 0.02),
        ["DPMSolverSDE"] = (0.00085, 0.012),
        ["DEISMultistep"] = (1e-4, 0.02),
        ["SASolver"] = (1e-4, 0.02),
        ["UniPCMultistep"] = (1e-4, 0.02),
    };

    // Schedulers that say nothing of a training: their samplers are known, models are not imported from them.
    private static readonly Dictionary<string, (double Start, double End)> s_samplers = new(StringComparer.Ordinal) { ["LCM"] = (0.00085, 0.012) };

    private static readonly string[] s_flows = ["FlowMatchEulerDiscrete", "FlowMatchHeunDiscrete"];

    /// <summary>The preconditioning that the schedule and the prediction amount to, and how its sampler limits the predicted images; null if not.</summary>
    /// <param name="path">The file.</param>
    /// <param name="outputFactor">Channels of the network's output for each channel of the image.</param>
    /// <exception cref="InvalidDataException">The file is not valid or asks for what is not supported; one line.</exception>
    public static (Preconditioning Preconditioning, ImageLimit? Limit) Read(string path, int outputFactor)
    {
        var config = new JsonFields(path);
        var name = Name(config);
        foreach (var field in new[] { "rescale_betas_zero_snr", "invert_sigmas" })
        {
            Refuse(config, field, config.Get(field, false));
        }

        Refuse(config, "trained_betas", config.Has("trained_betas"));
        config.Require("timestep_type", "discrete", "discrete");
        var prediction = config.Get("predict_epsilon", true) ? config.Get(Prediction, "epsilon") : "sample";
        var isFlow = s_flows.Contains(name) || prediction == "flow_prediction";
        return (isFlow ? Flow(config, outputFactor) : Discrete(config, s_discrete[name], prediction, outputFactor), Limit(config, name));
    }

    /// <summary>β_1 and β_T of a scheduler whose file does not say them; null for schedulers of no known discrete process.</summary>
    public static (double Start, double End)? UsualBetas(string name) =>
        s_discrete.TryGetValue(name, out var betas) || s_samplers.TryGetValue(name, out betas) ? betas : null;

    /// <summary>Whether the scheduler limits predicted images.</summary>
    public static bool Clips(JsonFields config, string name) =>
        config.Get("clip_sample", name.StartsWith("DDPM", StringComparison.Ordinal) || name.StartsWith("DDIM", StringComparison.Ordinal));

    private static string Name(JsonFields config)
    {
        var full = config.Get("_class_name", "");
        var name = full.EndsWith(Suffix, StringComparison.Ordinal) ? full[..^Suffix.Length] : full;
        return s_discrete.ContainsKey(name) || s_flows.Contains(name)
            ? name
            : throw config.Error(
                $"has the scheduler '{full}', of which no training process with betas is known; put the configuration of the scheduler of the training there, one of "
                + string.Join(", ", s_discrete.Keys.Concat(s_flows)));
    }

    private static void Refuse(JsonFields config, string field, bool isThere)
    {
        if (isThere)
        {
            throw config.Error($"has {field}, which is not supported; only models trained without it can be imported");
        }
    }

    private static ImageLimit? Limit(JsonFields config, string name)
    {
        var clips = config.Get("clip_sample", name.StartsWith("DDPM", StringComparison.Ordinal) || name.StartsWith("DDIM", StringComparison.Ordinal));
        var limit = config.Get("thresholding", false)
            ? new ImageLimit(config.Get("sample_max_value", 1.0), config.Get("dynamic_thresholding_ratio", 0.995))
            : clips ? new ImageLimit(config.Get("clip_sample_range", 1.0)) : null;
        try
        {
            limit?.Validate();
        }
        catch (InvalidInputException error)
        {
            throw config.Error($"limits images in a way that is not possible: {error.Message}");
        }

        return limit;
    }

    private static FlowPreconditioning Flow(JsonFields config, int outputFactor) => outputFactor == 1
        ? Checked(config, new FlowPreconditioning(config.Get("num_train_timesteps", 1000)))
        : throw config.Error("is for a flow, but the network also predicts variances; that is not supported");

    private static DiscretePreconditioning Discrete(JsonFields config, (double Start, double End) betas, string prediction, int outputFactor) =>
        Checked(config, new DiscretePreconditioning(
            Schedule(config), config.Get("num_train_timesteps", 1000), config.Get("beta_start", betas.Start), config.Get("beta_end", betas.End),
            prediction switch
            {
                "epsilon" => DiscretePrediction.Epsilon,
                "sample" => DiscretePrediction.X0,
                "v_prediction" => DiscretePrediction.V,
                _ => throw config.Error($"has {Prediction} '{prediction}', which is not supported; epsilon, sample, v_prediction and flow_prediction are"),
            },
            ReverseProcess(config, outputFactor)));

    private static BetaSchedule Schedule(JsonFields config) => config.Get(Betas, "linear") switch
    {
        "linear" => BetaSchedule.Linear,
        "scaled_linear" => BetaSchedule.ScaledLinear,
        "squaredcos_cap_v2" => BetaSchedule.Cosine,
        var other => throw config.Error($"has {Betas} '{other}', which is not supported; linear, scaled_linear and squaredcos_cap_v2 are"),
    };

    // Solvers other than DDPM's do not say that variances are learned; the network's outputs do.
    private static ReverseVariance ReverseProcess(JsonFields config, int outputFactor) => (config.Get(Variance, "fixed_small"), outputFactor) switch
    {
        ("learned", _) => throw config.Error($"has {Variance} 'learned', which is not supported; learned_range and the fixed ones are"),
        ("learned_range", 1) => throw config.Error($"has {Variance} 'learned_range', but the network has no outputs for variances"),
        (_, 2) => ReverseVariance.Learned,
        ("fixed_large" or "fixed_large_log", _) => ReverseVariance.FixedLarge,
        ("fixed_small" or "fixed_small_log", _) => ReverseVariance.FixedSmall,
        var (other, _) => throw config.Error($"has {Variance} '{other}', which is not supported; fixed_small, fixed_large and learned_range are"),
    };

    private static T Checked<T>(JsonFields config, T preconditioning)
        where T : Preconditioning
    {
        try
        {
            preconditioning.Validate();
            return preconditioning;
        }
        catch (InvalidInputException error)
        {
            throw config.Error(error.Message);
        }
    }
}
