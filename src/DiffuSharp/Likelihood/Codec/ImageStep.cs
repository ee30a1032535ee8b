namespace DiffuSharp.Likelihood.Codec;

/// <summary>One image on its way to the next level.</summary>
/// <param name="Image">Number of the image.</param>
/// <param name="Denoised">D before the step.</param>
/// <param name="Part">Precision that each block adds.</param>
/// <param name="Candidates">Number of candidates of each block.</param>
/// <param name="Indices">The candidate of each block.</param>
internal sealed record ImageStep(int Image, double[] Denoised, double Part, int Candidates, int[] Indices);
