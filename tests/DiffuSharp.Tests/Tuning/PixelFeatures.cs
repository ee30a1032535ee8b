using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Tuning;

/// <summary>The pixels themselves and their products with the next as features: float64 and differentiable.</summary>
internal sealed class PixelFeatures : IFeatureExtractor
{
    public FeatureProtocol Protocol { get; } = new() { Name = "pixels", Channels = 1, Mean = [0], Std = [1], Layer = "input", FeatureDim = 8 };

    public Tensor Features(Tensor images)
    {
        var flat = images.flatten(1);
        return torch.cat([flat, flat * torch.cat([flat.narrow(1, 1, flat.size(1) - 1), flat.narrow(1, 0, 1)], 1)], 1);
    }

    public FeatureBatch Extract(Tensor pixels) => new(Features((pixels.to(ScalarType.Float32) / 127.5) - 1), null);

    public void Dispose()
    {
    }
}
