using DiffuSharp.Data;
using DiffuSharp.Torch;

namespace DiffuSharp.Sampling;

/// <summary>Samples as 8-bit pixels.</summary>
internal static class SamplePixels
{
    /// <summary>The pixels [C,H,W] of each sample.</summary>
    /// <param name="sample">[N,C,H,W].</param>
    /// <param name="seeds">N seeds, for the message.</param>
    /// <exception cref="InvalidDataException">A sample is not finite.</exception>
    public static byte[][] Of(Tensor sample, IReadOnlyList<long> seeds)
    {
        using var scope = torch.NewDisposeScope();
        var images = sample.detach().to(Device.CPU, ScalarType.Float32).contiguous();
        var values = images.ToArray<float>();
        var size = values.Length / seeds.Count;
        var bad = values.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        if (bad >= 0)
        {
            throw new InvalidDataException(
                $"seed {seeds[bad / size]}: the sample is not finite; the model's weights or the sampler are damaged");
        }

        return [.. TensorImages.Of(images).Select(image => image.Pixels)];
    }
}
