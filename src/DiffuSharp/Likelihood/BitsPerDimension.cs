namespace DiffuSharp.Likelihood;

/// <summary>A measured code length of images, whatever the protocol.</summary>
public sealed record BitsPerDimension
{
    /// <summary>Short name: <c>ode</c> or <c>vlb</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Everything that the numbers depend on, in words.</summary>
    public required string Description { get; init; }

    /// <summary>Seed of the draws.</summary>
    public required long Seed { get; init; }

    /// <summary>Bits per dimension of each image.</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>Network evaluations, forward, for each image: counted by the denoiser.</summary>
    public required double Nfe { get; init; }

    /// <summary>Vector-Jacobian products for each image; each is a backward pass and comes on top of <see cref="Nfe"/>.</summary>
    public required double VectorJacobianProducts { get; init; }

    /// <summary>The bound's terms, mean over the images; null for protocols that have none.</summary>
    public BoundTerms? Terms { get; init; }

    /// <summary>The rate-distortion curve, where all terms of the bound were measured.</summary>
    public IReadOnlyList<RateDistortion>? Curve { get; init; }

    /// <summary>Time of the measurement.</summary>
    public required double Seconds { get; init; }

    /// <summary>N.</summary>
    public int Count => Values.Count;

    /// <summary>The mean over the images.</summary>
    public double Mean => Values.Average();

    /// <summary>Standard error of the mean; NaN for fewer than 2 images.</summary>
    public double StandardError => DiffuSharp.StandardError.OfMean(Values);

    /// <summary>The result on one line, with all that must stand beside a number.</summary>
    public override string ToString() =>
        $"{Mean:F4} +- {StandardError:F4} bits/dim, protocol {Protocol}, N {Count}, seed {Seed}, "
        + $"NFE {Nfe:0.#} and {VectorJacobianProducts:0.#} VJP an image: {Description}"
        + (Terms is { } terms ? $"; L_T {terms.Prior:F5}, L_1..T-1 {terms.Middle:F4}, L_0 {terms.Decoder:F4}" : "");
}
