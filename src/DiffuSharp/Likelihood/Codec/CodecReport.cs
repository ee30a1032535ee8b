namespace DiffuSharp.Likelihood.Codec;

/// <summary>Size and distortion of an encoded set of images.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="Dimension">Values of an image.</param>
/// <param name="Levels">One entry for each level after the prior; of a lossless file the last is for the images themselves.</param>
/// <param name="Nfe">Network evaluations for each image.</param>
/// <param name="Seconds">Time of the encoder.</param>
public sealed record CodecReport(int Images, int Dimension, IReadOnlyList<CodecLevel> Levels, double Nfe, double Seconds)
{
    /// <summary>Measured bits per dimension of the whole file.</summary>
    public double BitsPerDimension => Levels[^1].Bytes * 8.0 / ((double)Images * Dimension);

    /// <summary>Promised bits per dimension of the whole file.</summary>
    public double PromisedBitsPerDimension => Levels[^1].PromisedBits / ((double)Images * Dimension);
}
