namespace DiffuSharp.Schedules;

/// <summary>
/// The noise levels of one sampling run, σ_0 ≥ σ_1 ≥ … ≥ σ_N: step i goes from level i to level i + 1. All are positive but for
/// the last, the noise that the sample keeps, which usually is 0. An immutable value (equal when all levels are equal).
/// </summary>
public sealed class NoiseLevels : IEquatable<NoiseLevels>
{
    private readonly double[] _sigmas;
    private readonly SigmaRange? _range;

    /// <summary>The levels as they are listed.</summary>
    /// <param name="sigmas">At least two levels, not increasing, finite, positive except for the last, which may be 0.</param>
    /// <exception cref="InvalidInputException">The list is not of that form.</exception>
    public NoiseLevels(IEnumerable<double> sigmas)
    {
        _sigmas = [.. sigmas];
        if (_sigmas.Length < 2)
        {
            throw new InvalidInputException("A list of noise levels needs at least two levels: where to start and where to end.");
        }

        for (var i = 0; i <= Steps; i++)
        {
            var possible = i < Steps ? _sigmas[i] > 0 : _sigmas[i] >= 0;
            if (!possible || !double.IsFinite(_sigmas[i]))
            {
                throw new InvalidInputException(
                    $"Noise level {i} is {_sigmas[i]:R}; all must be finite and positive, the last may be 0.");
            }

            if (i > 0 && _sigmas[i - 1] < _sigmas[i])
            {
                throw new InvalidInputException(
                    $"Noise level {i} ({_sigmas[i]:R}) is above level {i - 1} ({_sigmas[i - 1]:R}); "
                    + "list them from high to low.");
            }
        }
    }

    private NoiseLevels(IEnumerable<double> sigmas, SigmaRange? range, Func<double, double> round)
        : this(sigmas) => (_range, Round) = (range, round);

    /// <summary>What the network makes of a noise level between these; the level itself for one that knows all.</summary>
    public Func<double, double> Round { get; } = sigma => sigma;

    /// <summary>σ_min and σ_max of the run, before they are rounded; for a single step to 0, which reads no schedule, half of its level is the lowest.</summary>
    public SigmaRange Range => _range ?? new SigmaRange(_sigmas[Steps] > 0 ? _sigmas[Steps] : Steps > 1 ? _sigmas[Steps - 1] : _sigmas[0] / 2, _sigmas[0]);

    /// <summary>What the network makes of a level between two others; the level itself where it would fall on one of them.</summary>
    internal double Between(double middle, double high, double low) => Round(middle) is var rounded && rounded < high && rounded > low ? rounded : middle;

    /// <summary>N, the number of steps: one less than the number of levels.</summary>
    public int Steps => _sigmas.Length - 1;

    /// <summary>σ_i for i in [0, N].</summary>
    /// <param name="i">Index.</param>
    public double this[int i] => _sigmas[i];

    /// <summary>All N + 1 levels.</summary>
    public IReadOnlyList<double> Sigmas => _sigmas;

    /// <summary>
    /// σ_i = (σ_max^(1/ρ) + i/(N−1) (σ_min^(1/ρ) − σ_max^(1/ρ)))^ρ, the family also called "karras"
    /// (Karras et al. 2022, eq. 5 and Table 1, column EDM).
    /// </summary>
    /// <param name="numSteps">N, at least 1; one step goes from σ_max to 0.</param>
    /// <param name="range">σ_min and σ_max.</param>
    /// <param name="rho">ρ, greater than 0; larger values shorten the steps near σ_min.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public static NoiseLevels EDM(int numSteps, SigmaRange range, double rho = 7)
    {
        RequirePositive(rho);
        var first = Math.Pow(range.Max, 1 / rho);
        var last = Math.Pow(range.Min, 1 / rho);
        return Grid(numSteps, u => Math.Pow(first + u * (last - first), rho));
    }

    /// <summary>
    /// σ_i = σ(t_i) of a VP schedule refitted to the range, t_i = 1 + i/(N−1) (ε_s − 1) (Karras et al. 2022, Table 1, column VP).
    /// </summary>
    /// <param name="numSteps">N, at least 1; one step goes from σ_max to 0.</param>
    /// <param name="range">σ_min = σ(ε_s) and σ_max = σ(1).</param>
    /// <param name="epsilonS">ε_s, the last time above 0.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public static NoiseLevels VP(int numSteps, SigmaRange range, double epsilonS = VPNoiseSchedule.UsualEpsilon)
    {
        var schedule = VPNoiseSchedule.Refit(range, epsilonS);
        return Grid(numSteps, u => schedule.Sigma(1 + u * (epsilonS - 1)));
    }

    /// <summary>
    /// σ_i = √t_i with t_i = σ_max² (σ_min²/σ_max²)^(i/(N−1)): a geometric sequence (Karras et al. 2022, Table 1, column VE).
    /// </summary>
    /// <param name="numSteps">N, at least 1; one step goes from σ_max to 0.</param>
    /// <param name="range">σ_min and σ_max.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public static NoiseLevels VE(int numSteps, SigmaRange range) =>
        Polyexponential(numSteps, range);

    /// <summary>
    /// ln σ_i = ln σ_min + (1 − i/(N−1))^ρ ln(σ_max/σ_min), the family called "polyexponential"; ρ = 1 is "exponential", the same as
    /// <see cref="VE"/>.
    /// </summary>
    /// <param name="numSteps">N, at least 1; one step goes from σ_max to 0.</param>
    /// <param name="range">σ_min and σ_max.</param>
    /// <param name="rho">ρ, greater than 0; larger values shorten the steps near σ_min.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public static NoiseLevels Polyexponential(int numSteps, SigmaRange range, double rho = 1)
    {
        RequirePositive(rho);
        var span = Math.Log(range.Max / range.Min);
        return Grid(numSteps, u => u == 1 ? range.Min : range.Max * Math.Exp((Math.Pow(1 - u, rho) - 1) * span));
    }

    /// <summary>
    /// Levels picked at equal distances from those levels u_j of iDDPM that lie in the range: index round((L−1)/(N−1)·i) of L,
    /// ties to even (Karras et al. 2022, Table 1, column iDDPM + DDIM). With more steps than levels some levels repeat.
    /// </summary>
    /// <param name="numSteps">N, at least 1; one step goes from σ_max to 0.</param>
    /// <param name="range">σ_min and σ_max.</param>
    /// <param name="levels">u_j.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or no level lies in the range.</exception>
    public static NoiseLevels IDDPM(int numSteps, SigmaRange range, IddpmLevels levels)
    {
        double[] inRange = [.. Enumerable.Range(0, levels.M).Select(j => levels[j]).Where(u => u >= range.Min && u <= range.Max)];
        if (inRange.Length == 0)
        {
            throw new InvalidInputException(
                $"None of the {levels.M} iDDPM noise levels lies between sigma_min {range.Min:R} "
                + $"and sigma_max {range.Max:R}; widen the range.");
        }

        RequireSteps(numSteps);
        var stride = (inRange.Length - 1) / Math.Max(1.0, numSteps - 1);
        return new NoiseLevels([.. Enumerable.Range(0, numSteps).Select(i => inRange[(int)Math.Round(stride * i)]), 0]);
    }

    /// <summary>The same levels of a run that was made for a range.</summary>
    internal NoiseLevels Over(SigmaRange range) => new(_sigmas, range, Round);

    /// <summary>The levels that the network distinguishes: every σ_i &gt; 0 replaced by what it is rounded to.</summary>
    /// <param name="roundSigma">The rounding, not decreasing; <see cref="IddpmLevels.Round"/> for iDDPM networks.</param>
    /// <exception cref="InvalidInputException">The rounded levels are not positive or not in order.</exception>
    public NoiseLevels Rounded(Func<double, double> roundSigma) =>
        new(_sigmas.Select(sigma => sigma > 0 ? roundSigma(sigma) : 0), Range, roundSigma);

    /// <inheritdoc/>
    public bool Equals(NoiseLevels? other) => other is not null && _sigmas.AsSpan().SequenceEqual(other._sigmas);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NoiseLevels);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Steps, _sigmas[0], _sigmas[^2]);

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', _sigmas.Select(sigma => $"{sigma:R}"));

    // σ at u = i/(N−1) for i < N, then 0; a single step goes from σ_max to 0.
    internal static NoiseLevels Grid(int numSteps, Func<double, double> sigma)
    {
        RequireSteps(numSteps);
        return new NoiseLevels([.. Enumerable.Range(0, numSteps).Select(i => sigma(i / Math.Max(1.0, numSteps - 1))), 0]);
    }

    private static void RequirePositive(double rho)
    {
        if (!(rho > 0 && double.IsFinite(rho)))
        {
            throw new InvalidInputException($"rho is {rho:R}; it must be positive.");
        }
    }

    private static void RequireSteps(int numSteps)
    {
        if (numSteps < 1)
        {
            throw new InvalidInputException($"num_steps is {numSteps}; at least 1 is needed.");
        }
    }
}
