using System.Text.Json;
using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests;

/// <summary>Images and mixtures as the reference files write them.</summary>
internal static class MixtureReference
{
    /// <summary>The exact denoiser of a mixture.</summary>
    public static GaussianMixtureDenoiser Mixture(JsonElement mixture, long[] shape) => new(
        new ImageShape((int)shape[1], (int)shape[2], (int)shape[3]),
        mixture.GetProperty("weights").Deserialize<double[]>()!,
        mixture.GetProperty("means").Deserialize<double[][]>()!,
        mixture.GetProperty("stds").Deserialize<double[]>()!);

    /// <summary>[N,C,H,W], float64.</summary>
    public static Tensor Images(JsonElement images)
    {
        var all = images.Deserialize<double[][][][]>()!;
        return torch.tensor(
            [.. all.SelectMany(image => image.SelectMany(channel => channel.SelectMany(row => row)))],
            [all.Length, all[0].Length, all[0][0].Length, all[0][0][0].Length], ScalarType.Float64);
    }
}
