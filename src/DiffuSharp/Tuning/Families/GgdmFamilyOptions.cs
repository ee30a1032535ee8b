namespace DiffuSharp.Tuning.Families;

/// <summary>Which GGDM is learned.</summary>
public sealed record GgdmFamilyOptions
{
    /// <summary>PRED: learn the coefficients of x̂_0 too.</summary>
    public bool Pred { get; init; }

    /// <summary>TIME: learn what the network is told too.</summary>
    public bool Time { get; init; }

    /// <summary>η of the DDIM at which it starts, from 0 to 1.</summary>
    public double Eta { get; init; }

    /// <summary>The least distance of an initial μ or σ from 0 and 1, in (0, 0.5).</summary>
    public double Floor { get; init; } = 1e-3;

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate()
    {
        if (!(Eta is >= 0 and <= 1))
        {
            throw new InvalidInputException($"eta is {Eta:R}; it must lie between 0 and 1");
        }

        if (!(Floor is > 0 and < 0.5))
        {
            throw new InvalidInputException($"floor is {Floor:R}; it must lie inside (0, 0.5)");
        }
    }
}
