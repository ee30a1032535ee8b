namespace DiffuSharp.Sampling.Importing;

/// <summary>The timesteps that a scheduler visits, counted from 0, from noisy to clean, as each kind of scheduler defines <c>timestep_spacing</c>.</summary>
internal static class SchedulerSpacing
{
    /// <summary>N timesteps.</summary>
    /// <param name="config">The scheduler's configuration.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="count">T.</param>
    /// <param name="steps">N.</param>
    /// <exception cref="InvalidDataException">The spacing is not known, or a timestep lies outside of the process.</exception>
    public static double[] Timesteps(Networks.Diffusers.JsonFields config, SchedulerKind kind, int count, int steps)
    {
        var spacing = Spacing(config, kind);
        var offset = config.Get("steps_offset", 0);
        double[] timesteps = [.. Enumerable.Range(0, steps).Select(i => spacing switch
        {
            // Multistep solvers keep one interval for the step to the end.
            "leading" when kind == SchedulerKind.Exponential => ((steps - i) * (count / (steps + 1))) + offset,
            "leading" => ((steps - 1 - i) * (count / steps)) + offset,
            "trailing" => Math.Round(count - ((double)i * count / steps)) - 1,
            "linspace" when kind == SchedulerKind.Exponential => Math.Round((count - 1.0) * (steps - i) / steps),
            "linspace" when kind == SchedulerKind.Sigma => Even(i),
            "linspace" => Math.Round(Even(i)),
            _ => throw config.Error($"has timestep_spacing '{spacing}', which is not supported; leading, trailing and linspace are"),
        })];
        return steps >= 1 && timesteps[0] <= count - 1 && timesteps[^1] >= 0
            ? timesteps
            : throw config.Error($"has {count} timesteps, which do not hold {steps} steps of its timestep_spacing and steps_offset");

        double Even(int i) => steps == 1 ? 0 : (count - 1.0) * (steps - 1 - i) / (steps - 1);
    }

    /// <summary>The spacing, that of the scheduler's class where the file does not say.</summary>
    public static string Spacing(Networks.Diffusers.JsonFields config, SchedulerKind kind) =>
        config.Get("timestep_spacing", kind == SchedulerKind.Ancestral ? "leading" : "linspace");
}

/// <summary>Kinds of schedulers that share their timesteps and their start.</summary>
internal enum SchedulerKind
{
    /// <summary>DDIM, DDPM, PNDM: a stride of ⌊T/N⌋ whatever the spacing; VP states.</summary>
    Ancestral,

    /// <summary>Euler, Heun, LMS, KDPM2: EDM's states, fractional timesteps.</summary>
    Sigma,

    /// <summary>DPM-Solver++, UniPC, DEIS: VP states, solved in ln σ.</summary>
    Exponential,
}
