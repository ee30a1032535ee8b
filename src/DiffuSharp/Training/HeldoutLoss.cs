using System.Runtime.InteropServices;
using DiffuSharp.Data;
using DiffuSharp.Dealing;
using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.Training;

/// <summary>
/// How well a model denoises images that it was not trained on: mean squared error of a pixel at fixed noise levels with fixed
/// noise, so that the numbers of different snapshots and runs compare.
/// </summary>
public sealed class HeldoutLoss
{
    private const int MicroBatch = 64;
    private const double P_mean = -1.2;
    private const double P_std = 1.2;
    private const double SigmaData = 0.5;

    private readonly IImageDataset _images;

    /// <summary>Keeps the data set, which the caller closes.</summary>
    /// <param name="images">All of its images are used; image i gets the noise of seed i.</param>
    public HeldoutLoss(IImageDataset images) => _images = images;

    /// <summary>The noise levels: eight, evenly spaced in ln σ from 0.01 to 50.</summary>
    public static IReadOnlyList<double> Sigmas { get; } = [.. Enumerable.Range(0, 8).Select(i => 0.01 * Math.Pow(5000, i / 7.0))];

    /// <summary>Measures a model.</summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="cancellation">Looked at before each batch.</param>
    public HeldoutResult Measure(IDenoiser denoiser, CancellationToken cancellation = default) => Measure(denoiser, group: null, cancellation)!;

    /// <summary>Measures a model, whose batches ranks share.</summary>
    /// <returns>The same bits for any number of ranks; null on all but the first.</returns>
    internal HeldoutResult? Measure(IDenoiser denoiser, ProcessGroup? group, CancellationToken cancellation = default)
    {
        var sums = new double[Sigmas.Count];
        var batches = (_images.Count + MicroBatch - 1) / MicroBatch;
        foreach (var piece in DealtWork.InOrder(group, batches, index => MemoryMarshal.AsBytes(Errors(denoiser, index * MicroBatch, cancellation).AsSpan()).ToArray()))
        {
            var errors = MemoryMarshal.Cast<byte, double>(piece);
            for (var k = 0; k < sums.Length; k++)
            {
                sums[k] += errors[k];
            }
        }

        if (group is { Rank: > 0 })
        {
            return null;
        }

        var mse = Array.ConvertAll(sums, sum => sum / ((double)_images.Count * _images.Shape.Count));
        return new HeldoutResult(Weighted(mse), mse);
    }

    // Summed squared errors of a batch at each level.
    private double[] Errors(IDenoiser denoiser, int start, CancellationToken cancellation)
    {
        using var mode = torch.no_grad();
        var sums = new double[Sigmas.Count];
        using var scope = torch.NewDisposeScope();
        long[] indices = [.. Enumerable.Range(start, Math.Min(MicroBatch, _images.Count - start)).Select(i => (long)i)];
        var (pixels, labels) = HostBatch.Read(_images, indices).To(denoiser.Device);
        var clean = PixelTensor.ToFloat(pixels);
        var condition = denoiser.LabelDim > 0 ? new Condition(labels) : null;
        using var noise = new SeededNoise(indices, denoiser.Shape);
        for (var k = 0; k < Sigmas.Count; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = torch.NewDisposeScope();
            var n = noise.Next().to(denoiser.Device, ScalarType.Float32);
            var denoised = denoiser.Denoise(clean + (n * Sigmas[k]), torch.tensor([Sigmas[k]]), condition);
            sums[k] = (denoised - clean).square().sum().ToDouble();
        }

        return sums;
    }

    // EDM's expected loss of a pixel by quadrature in ln σ: density of the log-normal p_train times λ(σ) times the error.
    private static double Weighted(double[] mse)
    {
        double total = 0;
        double norm = 0;
        for (var k = 0; k < mse.Length; k++)
        {
            var sigma = Sigmas[k];
            var z = (Math.Log(sigma) - P_mean) / P_std;
            var density = Math.Exp(-0.5 * z * z);
            var lambda = ((sigma * sigma) + (SigmaData * SigmaData)) / (sigma * sigma * SigmaData * SigmaData);
            total += density * lambda * mse[k];
            norm += density;
        }

        return total / norm;
    }
}
