using DiffuSharp.Networks.Diffusers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Importing;

/// <summary>The noise levels of schedulers that have a list of them.</summary>
internal static class SchedulerLevels
{
    private static readonly string[] s_flags = ["use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas"];

    /// <summary>Process of <c>beta_schedule</c> or <c>trained_betas</c>.</summary>
    /// <exception cref="InvalidDataException">It is not supported.</exception>
    public static DiscreteNoiseSchedule Process(JsonFields config, (double Start, double End) usual)
    {
        (var start, var end) = (config.Get("beta_start", usual.Start), config.Get("beta_end", usual.End));
        var steps = config.Get("num_train_timesteps", DiscreteNoiseSchedule.UsualSteps);
        if (steps is < 2 or > 1_000_000)
        {
            throw config.Error($"has {steps} num_train_timesteps; from 2 to 1000000 are supported");
        }

        try
        {
            return config.Has("trained_betas") ? new DiscreteNoiseSchedule(config.Get<double[]>("trained_betas", [])) : config.Get("beta_schedule", "linear") switch
            {
                "linear" => DiscreteNoiseSchedule.Linear(steps, start, end),
                "scaled_linear" => DiscreteNoiseSchedule.ScaledLinear(steps, start, end),
                "squaredcos_cap_v2" => DiscreteNoiseSchedule.Cosine(steps),
                "sigmoid" => new DiscreteNoiseSchedule(Enumerable.Range(0, steps).Select(i => start + ((end - start) / (1 + Math.Exp(6 - (12.0 * i / (steps - 1))))))),
                var other => throw config.Error($"has beta_schedule '{other}', which is not supported; linear, scaled_linear, squaredcos_cap_v2, sigmoid and trained_betas are"),
            };
        }
        catch (InvalidInputException error)
        {
            throw config.Error(error.Message);
        }
    }

    /// <summary>σ at a timestep that may be fractional: linear in between.</summary>
    public static double Sigma(DiscreteNoiseSchedule process, double timestep)
    {
        var below = (int)Math.Min(timestep, process.T - 2);
        var low = process.Sigma(below + 1);
        return timestep == below ? low : low + ((timestep - below) * (process.Sigma(below + 2) - low));
    }

    /// <summary>N levels and where the run ends.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="kind">The scheduler's kind: which range Karras' and other levels span.</param>
    /// <param name="process">The process.</param>
    /// <param name="steps">N.</param>
    /// <param name="last">The end.</param>
    /// <exception cref="InvalidDataException">The levels are not supported.</exception>
    public static NoiseLevels Create(JsonFields config, SchedulerKind kind, DiscreteNoiseSchedule process, int steps, double last)
    {
        double[] spaced = [.. SchedulerSpacing.Timesteps(config, kind, process.T, steps).Select(t => Sigma(process, t))];
        string[] given = [.. s_flags.Where(name => config.Get(name, false))];
        if (given.Length > 1)
        {
            throw config.Error($"has both {given[0]} and {given[1]}; they exclude each other");
        }

        if (given.Length == 1)
        {
            var ofWhole = kind == SchedulerKind.Exponential;
            if (ofWhole && given[0] is "use_exponential_sigmas" or "use_beta_sigmas")
            {
                throw config.Error($"has {given[0]}, which is not supported with {config.Get("_class_name", "")}: its network is told timesteps that are cut off, not rounded");
            }

            var range = ofWhole ? new SigmaRange(process.Sigma(1), process.Sigma(process.T)) : new SigmaRange(spaced[^1], spaced[0]);
            var levels = given[0] switch
            {
                "use_karras_sigmas" => NoiseLevels.EDM(steps, range),
                "use_beta_sigmas" => BetaLevels.Create(steps, range),
                _ => NoiseLevels.Polyexponential(steps, range),
            };
            spaced = [.. levels.Sigmas.SkipLast(1)];
        }

        return new NoiseLevels([.. spaced, last]);
    }
}
