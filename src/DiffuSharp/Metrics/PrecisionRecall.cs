using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>
/// Improved precision and recall (Kynkaanniemi et al. 2019): a set's manifold is the union of the closed balls around its points, each
/// reaching the k-th nearest other point. Depends on both numbers of images: compare only at equal N.
/// </summary>
public static class PrecisionRecall
{
    /// <summary>The published k.</summary>
    public const int DefaultK = 3;

    /// <summary>Both numbers, from distances in blocks of rows.</summary>
    /// <param name="generated">[n,d], n above k.</param>
    /// <param name="reference">[m,d], m above k.</param>
    /// <param name="k">Neighbour that sets the radii.</param>
    /// <param name="cancellation">Looked at before each block.</param>
    /// <exception cref="InvalidInputException">Too few images, other dimensions, or values that are not finite.</exception>
    public static PrecisionRecallResult Compute(
        Tensor generated, Tensor reference, int k = DefaultK, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        FeatureChecks.RequirePair(generated, reference, k + 1, "precision and recall");
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (x, y) = PairwiseDistances.Centre(generated, reference);
        var radiiX = PairwiseDistances.Radii(x, k, cancellation);
        var radiiY = PairwiseDistances.Radii(y, k, cancellation);
        double precise = 0;
        var recalled = torch.zeros([y.size(0)]);
        PairwiseDistances.ForEachBlock(
            x, y,
            (start, squared) =>
            {
                precise += squared.le(radiiY).any(1).sum().ToDouble();
                var radii = radiiX.narrow(0, start, squared.size(0)).unsqueeze(1);
                recalled.copy_(recalled.maximum(squared.le(radii).any(0).to(ScalarType.Float32)));
            },
            cancellation);
        return new PrecisionRecallResult(precise / x.size(0), recalled.to(ScalarType.Float64).mean().ToDouble(), k);
    }
}
