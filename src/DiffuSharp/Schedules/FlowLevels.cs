namespace DiffuSharp.Schedules;

/// <summary>Levels of a rectified flow x_τ = (1 − τ) x_0 + τ ε: σ = τ/(1 − τ), with times that a shift moves towards the noise (Esser et al. 2024, eq. 23).</summary>
public static class FlowLevels
{
    // σ of τ = 1, which is infinite: the state then is ε alone, to a part of 10⁻⁹.
    private const double Highest = 1e9;

    /// <summary>τ ← a τ/(1 + (a − 1) τ).</summary>
    /// <param name="time">τ in [0, 1].</param>
    /// <param name="shift">a, greater than 0; 1 changes nothing.</param>
    /// <exception cref="InvalidInputException">The shift is not positive.</exception>
    public static double Shifted(double time, double shift) => shift > 0 && double.IsFinite(shift)
        ? shift * time / (1 + ((shift - 1) * time))
        : throw new InvalidInputException($"shift is {shift:R}; it must be positive.");

    /// <summary>The logarithm of the shift that grows with the image: linear in its tokens, 0.5 at 256 and 1.15 at 4096 as published.</summary>
    /// <param name="tokens">Tokens of the image.</param>
    public static double DynamicShift(int tokens) => 0.5 + ((tokens - 256) * (1.15 - 0.5) / (4096 - 256));

    /// <summary>τ = 1, (N − 1)/N, …, 1/N, shifted, then 0, as levels.</summary>
    /// <param name="numSteps">N, at least 1.</param>
    /// <param name="shift">a.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public static NoiseLevels Create(int numSteps, double shift = 1) => numSteps >= 1
        ? FromTimes([.. Enumerable.Range(0, numSteps + 1).Select(i => Shifted((numSteps - i) / (double)numSteps, shift))])
        : throw new InvalidInputException($"num_steps is {numSteps}; there must be at least 1.");

    /// <summary>N times at equal distances from the first to the last step of T, both shifted, and shifted once more, then 0: a widespread implementation's levels where none are given.</summary>
    /// <param name="numSteps">N, at least 2.</param>
    /// <param name="shift">a.</param>
    /// <param name="steps">T.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public static NoiseLevels ShiftedTwice(int numSteps, double shift, int steps = DiscreteNoiseSchedule.UsualSteps)
    {
        if (numSteps < 2)
        {
            throw new InvalidInputException($"num_steps is {numSteps}; there must be at least 2.");
        }

        var last = Shifted(1.0 / steps, shift);
        return FromTimes([.. Enumerable.Range(0, numSteps).Select(i => Shifted(1 + (i * (last - 1) / (numSteps - 1)), shift)), 0]);
    }

    /// <summary>σ = τ/(1 − τ); 10⁹ in place of infinity.</summary>
    /// <param name="times">τ from high to low, in [0, 1].</param>
    public static NoiseLevels FromTimes(IEnumerable<double> times) => new(times.Select(time => Math.Min(time / (1 - time), Highest)));
}
