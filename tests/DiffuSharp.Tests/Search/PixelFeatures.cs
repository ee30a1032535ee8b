using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

/// <summary>The four pixels of 2x2 images as features.</summary>
internal sealed class PixelFeatures : IFeatureExtractor
{
    public FeatureProtocol Protocol { get; } = new()
    {
        Name = "pixels", Channels = 1, Mean = [127.5], Std = [127.5], Layer = "input", FeatureDim = 4,
    };

    public static Tensor Of(Tensor images)
    {
        using var features = new PixelFeatures();
        return features.Extract(DiffuSharp.Data.PixelTensor.ToBytes(images)).Features.to(ScalarType.Float64);
    }

    public FeatureBatch Extract(Tensor pixels) => new(((pixels.to(ScalarType.Float32) - 127.5) / 127.5).flatten(1), null);

    public Tensor Features(Tensor images) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
