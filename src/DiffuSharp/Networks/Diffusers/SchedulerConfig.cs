using DiffuSharp.Denoising;
using DiffuSharp.Schedules;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>
/// Reads the <c>scheduler_config.json</c> of the diffusers library: the noise schedule and what the network predicts. The solver that it names
/// is of no matter.
/// </summary>
internal static class SchedulerConfig
{
    private const string Betas = "beta_schedule";
    private const string Prediction = "prediction_type";
    private const string Variance = "variance_type";

    /// <summary>The preconditioning that the schedule and the prediction amount to.</summary>
    /// <param name="path">The file.</param>
    /// <param name="outputFactor">Channels of the network's output for each channel of the image.</param>
    /// <exception cref="InvalidDataException">The file is not valid or asks for what is not supported; one line.</exception>
    public static Preconditioning Read(string path, int outputFactor)
    {
        var config = new JsonFields(path);
        var name = config.Get("_class_name", "DDPMScheduler");
        var prediction = config.Get(Prediction, "epsilon");
        if (name.StartsWith("FlowMatch", StringComparison.Ordinal) || prediction == "flow_prediction")
        {
            return outputFactor == 1
                ? new FlowPreconditioning(config.Get("num_train_timesteps", 1000))
                : throw config.Error("is for a flow, but the network also predicts variances; that is not supported");
        }

        if (name.StartsWith("ScoreSde", StringComparison.Ordinal) || name.StartsWith("EDM", StringComparison.Ordinal) || name.StartsWith("CM", StringComparison.Ordinal))
        {
            throw config.Error($"has the scheduler {name}, which is not supported; discrete (DDPM, DDIM, ...) and flow-matching schedulers are");
        }

        if (config.Has("trained_betas") || config.Get("rescale_betas_zero_snr", false))
        {
            throw config.Error("has trained_betas or rescale_betas_zero_snr, which are not supported");
        }

        return Checked(config, new DiscretePreconditioning(
            Schedule(config), config.Get("num_train_timesteps", 1000), config.Get("beta_start", 1e-4), config.Get("beta_end", 0.02),
            prediction switch
            {
                "epsilon" => DiscretePrediction.Epsilon,
                "sample" => DiscretePrediction.X0,
                "v_prediction" => DiscretePrediction.V,
                _ => throw config.Error($"has {Prediction} '{prediction}', which is not supported; epsilon, sample, v_prediction and flow_prediction are"),
            },
            ReverseProcess(config, outputFactor)));
    }

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

    private static DiscretePreconditioning Checked(JsonFields config, DiscretePreconditioning preconditioning)
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
