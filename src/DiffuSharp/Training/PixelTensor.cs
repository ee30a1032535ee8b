using DiffuSharp.Torch;

namespace DiffuSharp.Training;

/// <summary>Images from bytes on their device.</summary>
internal static class PixelTensor
{
    /// <summary>uint8 → float32 in [−1, 1] by x/127.5 − 1.</summary>
    public static Tensor ToFloat(Tensor pixels)
    {
        using var scope = torch.NewDisposeScope();
        return ((pixels.to(ScalarType.Float32) / 127.5) - 1).MoveToOuterDisposeScope();
    }
}
