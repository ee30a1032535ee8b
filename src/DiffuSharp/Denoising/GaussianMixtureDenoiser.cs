using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>
/// The exact denoiser of p_data = Σ_k w_k N(mean_k, std_k² I): D(x; σ) = Σ_k r_k(x) (std_k² x + σ² mean_k)/(std_k² + σ²), where
/// r_k(x) is the probability of component k given x. With all std_k = 0 it is the ideal denoiser of a finite set of images (EDM,
/// Karras et al. 2022, appendix B.3). Float64 and differentiable; it needs memory for N·K images.
/// </summary>
public sealed class GaussianMixtureDenoiser : ClosedFormDenoiser, IDisposable
{
    private readonly Tensor _logWeights;  // [K]
    private readonly Tensor _means;       // [K, C·H·W]
    private readonly Tensor _variances;   // [K]

    /// <summary>Makes the denoiser of a mixture.</summary>
    /// <param name="shape">Size of an image.</param>
    /// <param name="weights">w_k &gt; 0, in any common unit.</param>
    /// <param name="means">mean_k, C·H·W numbers each, in the order of the image.</param>
    /// <param name="stds">std_k ≥ 0.</param>
    /// <param name="device">Where it computes; by default the CPU.</param>
    /// <exception cref="InvalidInputException">The lists do not fit each other or the shape, or a number is out of
    /// range.</exception>
    public GaussianMixtureDenoiser(
        ImageShape shape,
        IReadOnlyList<double> weights,
        IReadOnlyList<double[]> means,
        IReadOnlyList<double> stds,
        Device? device = null)
        : base(shape, device ?? Device.CPU)
    {
        if (weights.Count == 0 || means.Count != weights.Count || stds.Count != weights.Count)
        {
            throw new InvalidInputException(
                "a mixture needs as many weights as means and stds, at least one: "
                + $"{weights.Count}, {means.Count} and {stds.Count} were given");
        }

        if (means.Any(mean => mean.Length != shape.Count))
        {
            throw new InvalidInputException($"the means of a mixture of {shape} images must have {shape.Count} numbers each");
        }

        if (!weights.All(w => w > 0 && double.IsFinite(w)) || !stds.All(s => s >= 0 && double.IsFinite(s)))
        {
            throw new InvalidInputException("the weights of a mixture must be positive and its stds must not be negative");
        }

        _logWeights = Held([.. weights.Select(w => Math.Log(w))], weights.Count);
        _means = Held([.. means.SelectMany(mean => mean)], weights.Count, shape.Count);
        _variances = Held([.. stds.Select(s => s * s)], weights.Count);
    }

    /// <summary>Frees the parameters.</summary>
    public void Dispose()
    {
        _logWeights.Dispose();
        _means.Dispose();
        _variances.Dispose();
    }

    /// <inheritdoc/>
    private protected override Tensor Expected(Tensor x, Tensor noise)
    {
        var variances = noise + _variances;
        var distances = (x.unsqueeze(1) - _means).square().sum([2]);
        var logs = _logWeights - ((variances.log() * Shape.Count) + (distances / variances)) * 0.5;
        var ratios = logs.softmax(1) / variances;
        return (x * (ratios * _variances).sum([1], keepdim: true)) + ((ratios * noise).matmul(_means));
    }
}
