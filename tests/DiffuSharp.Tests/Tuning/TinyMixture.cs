using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Tuning;

/// <summary>An exact, curved, float64 model of 2x2 images, and draws for it.</summary>
internal static class TinyMixture
{
    public static ImageShape Shape { get; } = new(1, 2, 2);

    public static GaussianMixtureDenoiser Create() => new(
        Shape, [0.5, 0.3, 0.2], [[0.5, -0.3, 0.2, 0.7], [-0.6, 0.4, -0.1, 0.1], [0.1, 0.8, -0.7, -0.4]], [0.2, 0.3, 0.15]);

    public static SeededNoise Noise(int images, long first = 0) => new(Enumerable.Range(0, images).Select(i => first + i), Shape);

    /// <summary>A function of samples with a gradient that is nowhere simple.</summary>
    public static Tensor Loss(Tensor sample)
    {
        var weights = torch.tensor([.. Enumerable.Range(0, (int)sample.numel()).Select(i => Math.Sin(1 + i))], sample.shape);
        return (sample * weights).sum() + sample.square().sum();
    }

    /// <summary>dL/d(sample) of <see cref="Loss"/>.</summary>
    public static Tensor Cotangent(Tensor sample)
    {
        using var grad = torch.enable_grad();
        var leaf = sample.detach().requires_grad_();
        return torch.autograd.grad([Loss(leaf)], [leaf])[0]!;
    }
}
