using DiffuSharp.Torch;

namespace DiffuSharp.Data;

/// <summary>Images as bytes and as numbers, by the rule of <see cref="PixelRange"/>, as tensors.</summary>
internal static class PixelTensor
{
    /// <summary>uint8 → float32 in [−1, 1] by x/127.5 − 1.</summary>
    public static Tensor ToFloat(Tensor pixels)
    {
        using var scope = torch.NewDisposeScope();
        return ((pixels.to(ScalarType.Float32) / 127.5) - 1).MoveToOuterDisposeScope();
    }

    /// <summary>Any floating-point type → uint8 on the CPU by floor(127.5 x + 128), clipped: what an image file and a metric see.</summary>
    public static Tensor ToBytes(Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        var values = images.detach().to(Device.CPU, ScalarType.Float32).contiguous().ToArray<float>();
        var pixels = new byte[values.Length];
        PixelRange.ToBytes(values, pixels);
        return torch.tensor(pixels, images.shape).MoveToOuterDisposeScope();
    }
}
