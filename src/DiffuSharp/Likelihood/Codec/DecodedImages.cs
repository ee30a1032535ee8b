using DiffuSharp.Data;

namespace DiffuSharp.Likelihood.Codec;

/// <summary>What a file, perhaps cut short, decodes to.</summary>
/// <param name="Images">The images: the encoded ones themselves, or D quantised to bytes.</param>
/// <param name="Classes">Their classes, if the model has classes.</param>
/// <param name="Expected">D of each image in [−1, 1] units, C·H·W values.</param>
/// <param name="Sigma">Level that was reached; 0 for the images themselves.</param>
/// <param name="IsLossless">Whether the images are the encoded ones.</param>
public sealed record DecodedImages(
    IReadOnlyList<Image> Images, IReadOnlyList<int>? Classes, IReadOnlyList<double[]> Expected, double Sigma, bool IsLossless);
