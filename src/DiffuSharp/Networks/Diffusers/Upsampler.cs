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
    public Tensor Forward(Tensor x)
    {
        using var scope = torch.NewDisposeScope();
        return _conv.Forward(upsample_nearest2d(x, 2)).MoveToOuterDisposeScope();
    }
}
