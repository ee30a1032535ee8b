using System.Security.Cryptography;
using DiffuSharp.Data;

namespace DiffuSharp.Likelihood.Codec;

/// <summary>The last step, from x_1 to the bytes themselves: each coded with the discrete decoder around D (the term L_0 of DDPM).</summary>
internal static class LosslessStage
{
    private const double LeastStd = 0.1 / 127.5;

    /// <summary>The standard deviation for the images: the root mean square of x_0 − D.</summary>
    public static double Std(double[][] clean, double[][] denoised) =>
        Math.Max(LeastStd, Math.Sqrt(clean.Zip(denoised, (x, d) => x.Zip(d, (a, b) => (a - b) * (a - b)).Average()).Average()));

    /// <summary>Codes all values; returns them, and the sum of −log₂ p.</summary>
    public static (byte[][] Pixels, double Bits) Code(
        ISymbolCoder coder, double[][] denoised, double std, IReadOnlyList<Image>? images, CancellationToken cancellation)
    {
        double bits = 0;
        var pixels = new byte[denoised.Length][];
        for (var i = 0; i < denoised.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var tables = PixelTable.For(denoised[i], std);
            pixels[i] = new byte[tables.Length];
            for (var c = 0; c < tables.Length; c++)
            {
                var value = coder.Code(images?[i].Pixels[c] ?? 0, tables[c]);
                pixels[i][c] = (byte)value;
                bits -= Math.Log2((tables[c].Cumulative(value + 1) - tables[c].Cumulative(value)) / (double)tables[c].Total);
            }
        }

        return (pixels, bits);
    }

    /// <summary>First bytes of the SHA-256 of all values.</summary>
    public static uint Check(byte[][] pixels)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var image in pixels)
        {
            hash.AppendData(image);
        }

        return BitConverter.ToUInt32(hash.GetHashAndReset());
    }
}
