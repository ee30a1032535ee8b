using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>
/// Density and coverage (Naeem et al. 2020): like precision and recall, but with balls around reference points only, so that outliers among
/// the generated images do not count. A point on a border is outside, as in the published code.
/// </summary>
public static class DensityCoverage
{
    /// <summary>The published k.</summary>
    public const int DefaultK = 5;

    /// <summary>Both numbers, from distances in blocks of rows.</summary>
    /// <param name="generated">[n,d], n above k.</param>
    /// <param name="reference">[m,d], m above k.</param>
    /// <param name="k">Neighbour that sets the radii.</param>
    /// <param name="cancellation">Looked at before each block.</param>
    /// <exception cref="InvalidInputException">Too few images, other dimensions, or values that are not finite.</exception>
    public static DensityCoverageResult Compute(
        Tensor generated, Tensor reference, int k = DefaultK, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        FeatureChecks.RequirePair(generated, reference, k + 1, "density and coverage");
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (x, y) = PairwiseDistances.Centre(generated, reference);
        var radii = PairwiseDistances.Radii(y, k, cancellation);
        double held = 0;
        double covered = 0;
        PairwiseDistances.ForEachBlock(
            y, x,
            (start, squared) =>
            {
                var inside = squared.lt(radii.narrow(0, start, squared.size(0)).unsqueeze(1));
                held += inside.sum().ToDouble();
                covered += inside.any(1).sum().ToDouble();
            },
            cancellation);
        return new DensityCoverageResult(held / k / x.size(0), covered / y.size(0), k);
    }
}
