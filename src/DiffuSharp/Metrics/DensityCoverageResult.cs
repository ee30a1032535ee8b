namespace DiffuSharp.Metrics;

/// <summary>Density and coverage of generated images.</summary>
/// <param name="Density">Mean number of reference balls that hold a generated image, over k; may exceed 1.</param>
/// <param name="Coverage">Part of the reference balls that hold any generated image.</param>
/// <param name="K">Neighbour that sets the radii.</param>
public readonly record struct DensityCoverageResult(double Density, double Coverage, int K);
