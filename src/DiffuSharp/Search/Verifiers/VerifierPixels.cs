using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>Images as metrics see them.</summary>
internal static class VerifierPixels
{
    /// <summary>uint8 [N,C,H,W] by the rule of <see cref="Data.PixelRange"/>.</summary>
    public static Tensor Of(Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        return ((images.to(ScalarType.Float32) * 127.5) + 128.0).floor().clamp(0, 255).to(ScalarType.Byte).MoveToOuterDisposeScope();
    }
}
