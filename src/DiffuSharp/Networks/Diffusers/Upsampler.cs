using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>Each pixel repeated 2 × 2 times, then a 3x3 convolution.</summary>
public sealed class Upsampler : Module
{
    private readonly Convolution _conv;

    /// <summary>Makes the layer.</summary>
    public Upsampler(Initializer init, int channels) => _conv = register_module("conv", new Convolution(init, channels, channels, 3));

    /// <summary>[N,C,H,W] → [N,C,2H,2W].</summary>
    /// <param name="x">The input.</param>
    /// <param name="size">[H, W] of the output where it is not twice the input's.</param>
    public Tensor Forward(Tensor x, long[]? size = null)
    {
        using var scope = torch.NewDisposeScope();
        return _conv.Forward(size is null ? upsample_nearest2d(x, 2) : upsample_nearest2d(x, size)).MoveToOuterDisposeScope();
    }
}
