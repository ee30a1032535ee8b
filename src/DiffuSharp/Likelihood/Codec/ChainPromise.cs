using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood.Codec;

/// <summary>
/// What the variational bound promises for given images and levels: x = x_0 + σ n with noise of its own at each level (that of q, not what the
/// codec made), the Kullback-Leibler divergences between levels, and −log₂ p of the bytes at the end.
/// </summary>
internal static class ChainPromise
{
    /// <summary>For each level after the prior, and the images themselves as the last: Σ of the terms up to here in bits, and the RMSE of D.</summary>
    public static (double Bits, double Rmse)[] Of(
        IDenoiser denoiser, CodecHeader header, IReadOnlyList<Image> images, double[][] clean, CancellationToken cancellation)
    {
        var (levels, last) = (header.Levels, header.Levels.Steps - 1);
        var result = new (double Bits, double Rmse)[levels.Steps];
        double[][] denoised = [];
        double bits = 0;
        for (var level = 0; level <= last; level++)
        {
            denoised = Denoised(denoiser, header, clean, level, cancellation);
            var square = clean.Zip(denoised, (x, d) => x.Zip(d, (a, b) => (a - b) * (a - b)).Sum()).Sum();
            if (level > 0)
            {
                result[level - 1] = (bits, 127.5 * Math.Sqrt(square / ((double)header.Count * header.Shape.Count)));
            }

            bits += level < last ? 0.5 * (Precision(level + 1) - Precision(level)) * square / Math.Log(2) : 0;
        }

        var std = LosslessStage.Std(clean, denoised);
        result[last] = (bits + LosslessStage.Code(new Unwritten(), denoised, std, images, cancellation).Bits, 0);
        return result;

        double Precision(int level) => 1 / (levels[level] * levels[level]);
    }

    private static double[][] Denoised(
        IDenoiser denoiser, CodecHeader header, double[][] clean, int level, CancellationToken cancellation)
    {
        using var mode = torch.no_grad();
        var shape = header.Shape;
        var result = new List<double[]>();
        foreach (var batch in Enumerable.Range(0, clean.Length).Chunk(header.Batch))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();

            // The complement of the seed: other noise than the codec's; the level apart, so that levels are independent too.
            using var noise = new SeededNoise(batch.Select(i => ~((long)header.Seed + i + ((long)level * clean.Length))), shape);
            var x = torch.tensor<double>([.. batch.SelectMany(i => clean[i])], [batch.Length, shape.Channels, shape.Height, shape.Width]);
            var noisy = x + (noise.Next() * header.Levels[level]);
            var values = denoiser.Denoise(noisy, torch.tensor([header.Levels[level]]), header.Condition(batch));
            result.AddRange(values.to(Device.CPU, ScalarType.Float64).contiguous().ToArray<double>().Chunk(shape.Count));
        }

        return [.. result];
    }

    private sealed class Unwritten : ISymbolCoder
    {
        public int Code(int symbol, ICumulativeTable table) => symbol;
    }
}
