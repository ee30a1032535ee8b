namespace DiffuSharp.Schedules;

/// <summary>Levels at equal distances in λ = ln(α/σ) of a VP process, that is in −ln σ here, as DPM-Solver takes them (Lu et al. 2022, section 3.4).</summary>
public static class LambdaLevels
{
    /// <summary>N + 1 levels from σ_max to σ_min at equal steps of λ; the sample keeps σ_min.</summary>
    /// <param name="numSteps">N, at least 1.</param>
    /// <param name="range">σ_min and σ_max.</param>
    /// <exception cref="InvalidInputException">There is no step.</exception>
    public static NoiseLevels Create(int numSteps, SigmaRange range) => numSteps >= 1
        ? new(NoiseLevels.Polyexponential(numSteps + 1, range).Sigmas.SkipLast(1))
        : throw new InvalidInputException($"num_steps is {numSteps}; there must be at least 1.");

    /// <summary>The same from the last step of a discrete process to its first, each level that of the nearest step.</summary>
    /// <param name="numSteps">N, at least 1.</param>
    /// <param name="process">The process.</param>
    /// <exception cref="InvalidInputException">There is no step.</exception>
    public static NoiseLevels Rounded(int numSteps, DiscreteNoiseSchedule process) =>
        Create(numSteps, new SigmaRange(process.Sigma(1), process.Sigma(process.T))).Rounded(sigma => process.Sigma(process.NearestStep(sigma)));
}
