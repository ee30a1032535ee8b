using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>
/// The exact denoiser of p_data = N(mean, diag(std²)): D(x; σ) = (std² x + σ² mean)/(std² + σ²). Float64 and differentiable.
/// </summary>
public sealed class GaussianDenoiser : ClosedFormDenoiser, IDisposable
{
    private readonly Tensor _mean;      // [C·H·W]
    private readonly Tensor _variance;  // [C·H·W]

    /// <summary>A Gaussian with a variance for every pixel.</summary>
    /// <param name="shape">Size of an image.</param>
    /// <param name="mean">C·H·W numbers, in the order of the image.</param>
    /// <param name="std">C·H·W standard deviations ≥ 0.</param>
    /// <param name="device">Where it computes; by default the CPU.</param>
    /// <exception cref="InvalidInputException">A list does not fit the shape, or a number is out of range.</exception>
    public GaussianDenoiser(ImageShape shape, double[] mean, double[] std, Device? device = null)
        : base(shape, device ?? Device.CPU)
    {
        if (mean.Length != shape.Count || std.Length != shape.Count)
        {
            throw new InvalidInputException(
                $"a Gaussian of {shape} images needs {shape.Count} means and stds; {mean.Length} and {std.Length} were given");
        }

        if (!mean.All(double.IsFinite) || !std.All(s => s >= 0 && double.IsFinite(s)))
        {
            throw new InvalidInputException("the means of a Gaussian must be finite and its stds must not be negative");
        }

        _mean = Held(mean, shape.Count);
        _variance = Held([.. std.Select(s => s * s)], shape.Count);
    }

    /// <summary>An isotropic Gaussian around 0.</summary>
    /// <param name="shape">Size of an image.</param>
    /// <param name="std">Standard deviation of every pixel, at least 0.</param>
    /// <exception cref="InvalidInputException">The number is out of range.</exception>
    public GaussianDenoiser(ImageShape shape, double std)
        : this(shape, new double[shape.Count], [.. Enumerable.Repeat(std, shape.Count)])
    {
    }

    /// <summary>Frees the parameters.</summary>
    public void Dispose()
    {
        _mean.Dispose();
        _variance.Dispose();
    }

    /// <inheritdoc/>
    private protected override Tensor Expected(Tensor x, Tensor noise) => ((x * _variance) + (noise * _mean)) / (noise + _variance);
}
