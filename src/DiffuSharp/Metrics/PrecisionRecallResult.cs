namespace DiffuSharp.Metrics;

/// <summary>Precision and recall of generated images.</summary>
/// <param name="Precision">Part of the generated images in the manifold of the reference: quality.</param>
/// <param name="Recall">Part of the reference in the manifold of the generated images: coverage.</param>
/// <param name="K">Neighbour that sets the radii.</param>
public readonly record struct PrecisionRecallResult(double Precision, double Recall, int K)
{
    /// <summary>Harmonic mean of both; 0 where both are.</summary>
    public double FScore => Precision + Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);
}
