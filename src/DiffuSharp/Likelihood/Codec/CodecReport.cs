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
    public double BitsPerDimension => PerDimension(Levels[^1].Bytes * 8.0);

    /// <summary>Promised bits per dimension of the whole file.</summary>
    public double PromisedBitsPerDimension => PerDimension(Levels[^1].PromisedBits);

    /// <summary>Bits of all images as bits per dimension.</summary>
    /// <param name="bits">Of the whole set.</param>
    public double PerDimension(double bits) => bits / ((double)Images * Dimension);
}
