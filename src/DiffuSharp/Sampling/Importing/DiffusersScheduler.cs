using DiffuSharp.Networks.Diffusers;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Importing;

/// <summary>
/// The sampler that a <c>scheduler_config.json</c> of the diffusers library describes, for a number of steps: the same timesteps, levels, start, formula and end. What
/// cannot be said exactly is refused by name.
/// </summary>
public static class DiffusersScheduler
{
    /// <summary>The option of the sampler's file that is there where the scheduler limits predicted images to [−1, 1].</summary>
    public const string ClipDenoised = "clip_denoised";

    private const string Suffix = "Scheduler";

    /// <summary>The sampler. Its rows are in EDM's coordinates; where the scheduler's result is a VP state, so is the sample.</summary>
    /// <param name="path">The configuration.</param>
    /// <param name="steps"><c>num_inference_steps</c>.</param>
    /// <param name="eta">η of DDIM, an argument of its steps.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The scheduler, or one of its options, is not supported; one line with its name.</exception>
    public static SamplerFile Load(string path, int steps, double eta = 0)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: no such file; check the name", path);
        }

        var config = new JsonFields(path);
        var full = config.Get("_class_name", "");
        var name = full.EndsWith(Suffix, StringComparison.Ordinal) ? full[..^Suffix.Length] : full;
        RefuseCommon(config, name);
        if (eta != 0 && name is not ("DDIM" or "DDIMParallel"))
        {
            throw config.Error($"is a {full}, whose steps have no eta");
        }

        try
        {
            var tableau = name == "FlowMatchEulerDiscrete" ? Flow(config, steps) : Discrete(config, name, steps, eta);
            List<KeyValuePair<string, string>> options = [new("steps", $"{steps}")];
            options.AddRange(eta == 0 ? [] : [new("eta", $"{eta:R}")]);
            options.AddRange(Clips(config, name) ? [new(ClipDenoised, "true")] : []);
            return new SamplerFile(tableau, new SamplerMetadata(full, options, "scheduler_config.json of diffusers"));
        }
        catch (InvalidInputException error)
        {
            throw config.Error(error.Message);
        }
    }

    private static SamplerTableau Discrete(JsonFields config, string name, int steps, double eta)
    {
        var usual = SchedulerConfig.UsualBetas(name) ?? throw config.Error($"has the scheduler '{name}{Suffix}', which is not supported");
        var process = SchedulerLevels.Process(config, usual);
        switch (name)
        {
            case "DDIM" or "DDIMParallel":
                return SteppedSchedulers.Ddim(process, Timesteps(), config.Get("set_alpha_to_one", true) ? 0 : process.Sigma(1), eta);
            case "DDPM" or "DDPMParallel":
                config.Require("variance_type", "fixed_small", "fixed_small", "fixed_large");
                return SteppedSchedulers.Ddpm(process, Timesteps(), config.Get("variance_type", "fixed_small") == "fixed_large");
            case "LCM":
                return Lcm(config, process, steps);
            case "PNDM":
                return Pndm(config, process, Timesteps());
            case "EulerDiscrete" or "EulerAncestralDiscrete" or "HeunDiscrete" or "KDPM2Discrete" or "LMSDiscrete":
                return InSigma(config, name, process, steps);
            default:
                return Exponential(config, name, process, steps);
        }

        double[] Timesteps() => SchedulerSpacing.Timesteps(config, SchedulerKind.Ancestral, process.T, steps);
    }

    private static SamplerTableau InSigma(JsonFields config, string name, DiscreteNoiseSchedule process, int steps)
    {
        Solver solver = name switch
        {
            "EulerDiscrete" => new Euler(),
            "EulerAncestralDiscrete" => new Ddim { Eta = 1 },
            "HeunDiscrete" => new Heun(),
            "KDPM2Discrete" => new DpmSolver2(),
            _ => new Lms(),
        };
        if (name == "KDPM2Discrete")
        {
            Refuse(config, "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas");
        }

        var toMinimum = name == "EulerDiscrete" && FinalIsMinimum(config);
        var levels = SchedulerLevels.Create(config, SchedulerKind.Sigma, process, steps, toMinimum ? process.Sigma(1) : 0);
        return SchedulerSpacing.Spacing(config, SchedulerKind.Sigma) == "leading" ? solver.BuildFromUnitVariance(levels) : solver.Build(levels);
    }

    private static SamplerTableau Exponential(JsonFields config, string name, DiscreteNoiseSchedule process, int steps)
    {
        if (config.Get("lambda_min_clipped", "-inf") != "-inf")
        {
            throw config.Error("has lambda_min_clipped, which is not supported");
        }

        Refuse(config, "euler_at_final");
        config.Require("variance_type", "", "", null);
        var deis = name == "DEISMultistep";
        var last = deis || FinalIsMinimum(config) ? process.Sigma(1) : 0;
        var levels = SchedulerLevels.Create(config, SchedulerKind.Exponential, process, steps, last);
        var solver = ExponentialSolver(config, name, steps, last);
        return solver.BuildFromUnitVariance(levels).ScaleSample(1 / Math.Sqrt(1 + (last * last)));
    }

    private static Solver ExponentialSolver(JsonFields config, string name, int steps, double last)
    {
        var order = config.Get("solver_order", 2);
        var lower = config.Get("lower_order_final", name != "DPMSolverSinglestep");
        var algorithm = config.Get("algorithm_type", name == "DEISMultistep" ? "deis" : "dpmsolver++");
        switch (name)
        {
            case "DPMSolverMultistep" when algorithm == "sde-dpmsolver++" && order < 3:
                return new DpmSolverMultistepSde { Order = order, SolverType = Type(config), LowerOrderFinal = lower && steps < 15 };
            case "DPMSolverMultistep" when algorithm is "dpmsolver++" or "dpmsolver":
                return new DpmSolverPlusPlus { Order = order, Form = Form(config, algorithm, last), SolverType = Type(config), LowerOrderFinal = lower && steps < 15 };
            case "DPMSolverSinglestep" when algorithm is "dpmsolver++" or "dpmsolver":
                // Its own code turns lower orders on where it needs them.
                return new DpmSolverSinglestep { Order = order, Form = Form(config, algorithm, last), SolverType = Type(config), LowerOrderFinal = lower || last == 0 || steps % order != 0 };
            case "DEISMultistep" when algorithm == "deis":
                config.Require("solver_type", "logrho", "logrho");
                return new Deis { Order = order, Polynomial = DeisVariable.LogSigma, LowerOrderFinal = lower && steps < 15 };
            case "UniPCMultistep":
                config.Require("predict_x0", "True", "True");
                if (config.Get<int[]>("disable_corrector", []).Length > 0 || config.Has("solver_p"))
                {
                    throw config.Error("has disable_corrector or solver_p, which are not supported");
                }

                var variant = config.Get("solver_type", "bh2");
                config.Require("solver_type", "bh2", "bh1", "bh2");
                return variant == "bh2" || last > 0
                    ? new UniPC { Order = order, Variant = variant == "bh1" ? UniPCVariant.Bh1 : UniPCVariant.Bh2, LowerOrderFinal = lower }
                    : throw config.Error("has solver_type bh1 with a final sigma of 0, whose result is not finite; use final_sigmas_type sigma_min");
            default:
                throw config.Error($"has the scheduler '{name}{Suffix}' with algorithm_type '{algorithm}' and solver_order {order}, which is not supported");
        }
    }

    private static DpmSolverType Type(JsonFields config)
    {
        config.Require("solver_type", "midpoint", "midpoint", "heun");
        return config.Get("solver_type", "midpoint") == "heun" ? DpmSolverType.Heun : DpmSolverType.Midpoint;
    }

    private static DpmForm Form(JsonFields config, string algorithm, double last) => algorithm == "dpmsolver++" ? DpmForm.Data : last > 0
        ? DpmForm.Noise
        : throw config.Error("has algorithm_type dpmsolver with a final sigma of 0, which has no result; use final_sigmas_type sigma_min");

    private static SamplerTableau Pndm(JsonFields config, DiscreteNoiseSchedule process, double[] timesteps)
    {
        if (!config.Get("skip_prk_steps", false))
        {
            throw config.Error("has skip_prk_steps false, which is not supported; its Runge-Kutta steps end between timesteps");
        }

        var stride = process.T / timesteps.Length;
        if (timesteps.Zip(timesteps.Skip(1)).Any(pair => pair.First - stride != pair.Second))
        {
            throw config.Error($"has timesteps that are not {stride} apart, the step that it takes, which is not supported; use timestep_spacing leading");
        }

        var last = config.Get("set_alpha_to_one", false) ? 0 : process.Sigma(1);
        var levels = new NoiseLevels([.. timesteps.Select(t => SchedulerLevels.Sigma(process, t)), last]);
        return new Pndm().BuildFromUnitVariance(levels).ScaleSample(1 / Math.Sqrt(1 + (last * last)));
    }

    private static SamplerTableau Lcm(JsonFields config, DiscreteNoiseSchedule process, int steps)
    {
        var original = config.Get("original_inference_steps", 50);
        if (original < 1 || original > process.T || steps < 1 || steps > original)
        {
            throw config.Error($"has {original} original_inference_steps, which do not hold {steps} steps");
        }

        var skip = process.T / original;
        double[] timesteps = [.. Enumerable.Range(0, steps).Select(i => (double)(((original - (i * original / steps)) * skip) - 1))];
        return SteppedSchedulers.Lcm(process, timesteps, config.Get("timestep_scaling", 10.0));
    }

    private static SamplerTableau Flow(JsonFields config, int steps)
    {
        Refuse(config, "use_dynamic_shifting", "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "stochastic_sampling");
        if (config.Has("shift_terminal"))
        {
            throw config.Error("has shift_terminal, which is not supported");
        }

        var levels = FlowLevels.ShiftedTwice(steps, config.Get("shift", 1.0), config.Get("num_train_timesteps", DiscreteNoiseSchedule.UsualSteps));
        return new Euler().Build(levels);
    }

    private static void RefuseCommon(JsonFields config, string name)
    {
        Refuse(config, "rescale_betas_zero_snr", "invert_sigmas", "thresholding", "use_flow_sigmas");
        config.Require("timestep_type", "discrete", "discrete");
        config.Require("interpolation_type", "linear", "linear");
        if (SchedulerConfig.Clips(config, name) && (!Clips(config, name) || config.Get("clip_sample_range", 1.0) != 1))
        {
            throw config.Error(
                "has clip_sample, of which only DDPM's with clip_sample_range 1 is supported (DDIM's keeps the noise of the unlimited image); set it to false there to sample without");
        }
    }

    // Only DDPM goes on with the limited image alone.
    private static bool Clips(JsonFields config, string name) => name.StartsWith("DDPM", StringComparison.Ordinal) && SchedulerConfig.Clips(config, name);

    private static bool FinalIsMinimum(JsonFields config)
    {
        config.Require("final_sigmas_type", "zero", "zero", "sigma_min");
        return config.Get("final_sigmas_type", "zero") == "sigma_min";
    }

    private static void Refuse(JsonFields config, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (config.Get(field, false))
            {
                throw config.Error($"has {field}, which is not supported");
            }
        }
    }
}
