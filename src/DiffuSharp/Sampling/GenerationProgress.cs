namespace DiffuSharp.Sampling;

/// <summary>How far a generation is: told after every row of every batch.</summary>
/// <param name="ImagesDone">Images of finished batches.</param>
/// <param name="ImagesTotal">Images in all.</param>
/// <param name="Fraction">Part of the whole work that is done, 0 to 1.</param>
public readonly record struct GenerationProgress(int ImagesDone, int ImagesTotal, double Fraction);
