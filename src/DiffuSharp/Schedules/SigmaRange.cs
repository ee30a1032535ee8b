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
    /// The part of this range that <paramref name="network"/> knows, as EDM's samplers cut it before they choose steps.
    /// </summary>
    /// <param name="network">The range of noise levels that the network was made for.</param>
    /// <exception cref="InvalidInputException">The two ranges do not overlap.</exception>
    public SigmaRange Intersect(SigmaRange network) => new(Math.Max(Min, network.Min), Math.Min(Max, network.Max));
}
