using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Validation;

/// <summary>A measurement of samples from latents that are never tuned on; lower is better.</summary>
public interface IValidationMetric
{
    /// <summary>For logs and sampler files.</summary>
    string Name { get; }

    /// <summary>The number.</summary>
    /// <param name="seeds">The seed of each image.</param>
    /// <param name="samples">[N,C,H,W], float64.</param>
    double Measure(IReadOnlyList<long> seeds, Tensor samples);
}
