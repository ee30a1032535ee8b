using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>
/// Frechet distance of two Gaussians (Dowson and Landau 1982; on Inception features the FID of Heusel et al. 2017):
/// |μ₁ − μ₂|² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁Σ₂)^½, in float64. The root comes from symmetric eigenvalue problems only, so there is no complex
/// branch and no epsilon, and singular covariances are as good as others.
/// </summary>
public static class FrechetDistance
{
    /// <summary>The distance of two sets of statistics. Costs two eigenvalue problems of d × d.</summary>
    /// <exception cref="InvalidInputException">The numbers of features differ.</exception>
    public static FrechetResult Compute(FeatureStatistics generated, FeatureStatistics reference)
    {
        if (generated.Dimension != reference.Dimension)
        {
            throw new InvalidInputException(
                $"fid: {generated.Dimension} features against {reference.Dimension} of the reference; use one feature network");
        }

        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();

        // The eigenvalues of Σ₁Σ₂ are those of the symmetric Σ₁^½ Σ₂ Σ₁^½.
        var (values, vectors) = torch.linalg.eigh(generated.Covariance);
        var half = SymmetricMatrix.Compose(vectors, NonNegative(values).sqrt());
        var inner = half.matmul(reference.Covariance).matmul(half);
        var squares = torch.linalg.eigvalsh((inner + inner.transpose(0, 1)) / 2);

        var root = NonNegative(squares).sqrt().sum().ToDouble();
        var traces = (generated.Covariance.diagonal().sum() + reference.Covariance.diagonal().sum()).ToDouble();
        var mean = (generated.Mean - reference.Mean).square().sum().ToDouble();
        var clamped = torch.cat([values, squares]).minimum(torch.zeros([1], ScalarType.Float64));
        return new FrechetResult(mean + traces - (2 * root), mean, (int)(clamped < 0).sum().ToDouble(), clamped.sum().ToDouble());
    }

    /// <summary>
    /// The distance of two small sets from the features themselves: tr (Σ₁Σ₂)^½ is the nuclear norm of the cross-Gram matrix of the centred
    /// features over √((N₁−1)(N₂−1)). Costs one singular value problem of N₁ × N₂; for N below d cheaper than, and equal to, <see cref="Compute"/>.
    /// </summary>
    /// <param name="generated">[N₁,d], N₁ at least 2.</param>
    /// <param name="reference">[N₂,d], N₂ at least 2.</param>
    /// <exception cref="InvalidInputException">Too few images, other dimensions, or values that are not finite.</exception>
    public static FrechetResult FromFeatures(Tensor generated, Tensor reference)
    {
        FeatureChecks.RequirePair(generated, reference, 2, "fid");
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (x, y) = (generated.to(ScalarType.Float64), reference.to(ScalarType.Float64));
        var (meanX, meanY) = (x.mean([0]), y.mean([0]));
        (x, y) = ((x - meanX) / Math.Sqrt(x.size(0) - 1), (y - meanY) / Math.Sqrt(y.size(0) - 1));
        var root = torch.linalg.svdvals(x.matmul(y.transpose(0, 1))).sum();
        var mean = (meanX - meanY).square().sum().ToDouble();
        return new FrechetResult(mean + (x.square().sum() + y.square().sum() - (root * 2)).ToDouble(), mean, 0, 0);
    }

    private static Tensor NonNegative(Tensor values) => values.maximum(torch.zeros([1], ScalarType.Float64));
}
