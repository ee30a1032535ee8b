namespace DiffuSharp.Schedules;

/// <summary>
/// σ(t) = √(exp(½ β_d t² + β_min t) − 1), the variance preserving process on t in [0, 1]
/// (Karras et al. 2022, Table 1, column VP).
/// </summary>
/// <param name="BetaD">β_d, the growth of the noise rate.</param>
/// <param name="BetaMin">β_min, the noise rate at t = 0.</param>
public sealed record VPNoiseSchedule(double BetaD = 19.9, double BetaMin = 0.1) : NoiseSchedule
{
    /// <summary>ε_s where none is chosen: the time at which the process reaches σ_min.</summary>
    public const double UsualEpsilon = 1e-3;

    /// <summary>The schedule with σ(ε_s) = σ_min and σ(1) = σ_max.</summary>
    /// <param name="range">σ_min and σ_max.</param>
    /// <param name="epsilonS">ε_s, the time of σ_min, in (0, 1).</param>
    /// <exception cref="InvalidInputException">ε_s is out of range, or no VP schedule rises from σ_min to σ_max.</exception>
    public static VPNoiseSchedule Refit(SigmaRange range, double epsilonS = UsualEpsilon)
    {
        if (!(epsilonS is > 0 and < 1))
        {
            throw new InvalidInputException($"epsilon_s is {epsilonS:R}; it must lie between 0 and 1.");
        }

        var low = LogOnePlusSquare.Of(range.Min);
        var high = LogOnePlusSquare.Of(range.Max);
        var betaD = 2 * (low / epsilonS - high) / (epsilonS - 1);
        var betaMin = high - 0.5 * betaD;
        if (betaD + betaMin <= 0)
        {
            throw new InvalidInputException(
                $"No VP schedule rises from sigma_min {range.Min:R} at t = {epsilonS:R} to sigma_max {range.Max:R} at t = 1; "
                + "lower sigma_min or raise epsilon_s.");
        }

        return new VPNoiseSchedule(betaD, betaMin);
    }

    /// <inheritdoc/>
    public override double Sigma(double t)
    {
        // exp(a) − 1 = 2 exp(a/2) sinh(a/2) keeps all digits at small t.
        var half = 0.5 * (0.5 * BetaD * t + BetaMin) * t;
        return Math.Sqrt(2 * Math.Exp(half) * Math.Sinh(half));
    }

    /// <inheritdoc/>
    public override double SigmaDerivative(double t)
    {
        var sigma = Sigma(t);
        return 0.5 * (BetaMin + BetaD * t) * (sigma + 1 / sigma);
    }

    /// <inheritdoc/>
    public override double Time(double sigma)
    {
        if (sigma == 0)
        {
            return 0;
        }

        // The root of ½ β_d t² + β_min t = ln(1 + σ²) on the rising branch, in the form without cancellation.
        var logarithm = LogOnePlusSquare.Of(sigma);
        var root = Math.Sqrt(BetaMin * BetaMin + 2 * BetaD * logarithm);
        return BetaMin > 0 ? 2 * logarithm / (root + BetaMin) : (root - BetaMin) / BetaD;
    }
}
