using System.Text.Json;
using DiffuSharp.Denoising;

namespace DiffuSharp.Tests.Sampling;

/// <summary>A reference file of sampler cases on a Gaussian mixture: what samplers_edm.json and samplers_discrete.json share.</summary>
internal sealed class SamplerReference
{
    private readonly JsonElement _root;

    public SamplerReference(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(ReferenceFolder.File(file)));
        _root = document.RootElement.Clone();
        var mixture = _root.GetProperty("mixture");
        Mixture = new GaussianMixture(
            mixture.GetProperty("weights").Deserialize<double[]>()!,
            mixture.GetProperty("means").Deserialize<double[][]>()!,
            mixture.GetProperty("stds").Deserialize<double[]>()!);
        Latents = Images(_root.GetProperty("latents"));
        var image = _root.GetProperty("latents")[0];
        Shape = new ImageShape(image.GetArrayLength(), image[0].GetArrayLength(), image[0][0].GetArrayLength());
        NoiseDraws = [.. _root.GetProperty("noise_draws").EnumerateArray().Select(Images)];
        Cases = [.. _root.GetProperty("cases").EnumerateArray()];
    }

    public GaussianMixture Mixture { get; }

    public ImageShape Shape { get; }

    /// <summary>One unit normal image per sample.</summary>
    public double[][] Latents { get; }

    /// <summary>[draw][image].</summary>
    public double[][][] NoiseDraws { get; }

    public IReadOnlyList<JsonElement> Cases { get; }

    /// <summary>The mixture as the library's denoiser.</summary>
    public GaussianMixtureDenoiser CreateDenoiser()
    {
        var mixture = _root.GetProperty("mixture");
        return new GaussianMixtureDenoiser(
            Shape,
            mixture.GetProperty("weights").Deserialize<double[]>()!,
            mixture.GetProperty("means").Deserialize<double[][]>()!,
            mixture.GetProperty("stds").Deserialize<double[]>()!);
    }

    public static double[][] Images(JsonElement images) =>
        [.. images.Deserialize<double[][][][]>()!
            .Select(image => image.SelectMany(channel => channel.SelectMany(row => row)).ToArray())];
}
