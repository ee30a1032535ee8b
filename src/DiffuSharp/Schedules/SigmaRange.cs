namespace DiffuSharp.Schedules;

/// <summary>An interval of noise levels, 0 &lt; σ_min &lt; σ_max.</summary>
public sealed record SigmaRange
{
    /// <summary>The interval [<paramref name="min"/>, <paramref name="max"/>].</summary>
    /// <param name="min">σ_min, greater than 0.</param>
    /// <param name="max">σ_max, finite and greater than σ_min.</param>
    /// <exception cref="InvalidInputException">The bounds are not 0 &lt; σ_min &lt; σ_max.</exception>
    public SigmaRange(double min, double max)
    {
        if (!(min > 0 && max > min && double.IsFinite(max)))
        {
            throw new InvalidInputException(
                $"sigma_min is {min:R} and sigma_max is {max:R}; they must be finite with 0 < sigma_min < sigma_max.");
        }

        Min = min;
        Max = max;
    }

    /// <summary>σ_min.</summary>
    public double Min { get; }

    /// <summary>σ_max.</summary>
    public double Max { get; }

    /// <summary>
    /// The part of this range that a network knows, as EDM's samplers cut it before they choose steps.
    /// </summary>
    /// <param name="min">The smallest noise level that the network was made for; 0 for any.</param>
    /// <param name="max">The largest; ∞ for any.</param>
    /// <exception cref="InvalidInputException">The two ranges do not overlap.</exception>
    public SigmaRange Intersect(double min, double max) => new(Math.Max(Min, min), Math.Min(Max, max));
}
