using DiffuSharp.Data;

namespace DiffuSharp.Tests;

/// <summary>Images with known pixels.</summary>
internal static class TestImages
{
    public static RawImage Random(int width, int height, int channels, int bitDepth = 8, int seed = 1)
    {
        var samples = new byte[width * height * channels * (bitDepth / 8)];
        new Random(seed).NextBytes(samples);
        return new RawImage(width, height, channels, bitDepth, samples);
    }

    public static byte[] Png(int width, int height, int channels, int bitDepth = 8, int seed = 1) =>
        ImageCodecs.EncodePng(Random(width, height, channels, bitDepth, seed));

    /// <summary>An idx file of unsigned bytes.</summary>
    public static byte[] Idx(uint[] sizes, byte[] data)
    {
        byte[] header = [0, 0, 8, (byte)sizes.Length, .. sizes.SelectMany(s => new[] { (byte)(s >> 24), (byte)(s >> 16), (byte)(s >> 8), (byte)s })];
        return [.. header, .. data];
    }

    public static byte[] Planes(IImageDataset dataset, int index)
    {
        var pixels = new byte[dataset.Shape.Count];
        dataset.ReadImage(index, pixels);
        return pixels;
    }

    public static float[] Label(IImageDataset dataset, int index)
    {
        var label = new float[dataset.LabelCount];
        dataset.ReadLabel(index, label);
        return label;
    }
}
