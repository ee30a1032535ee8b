using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>A 3x3 convolution of stride 2.</summary>
public sealed class Downsampler : Module
{
    private readonly int _padding;
    private readonly Convolution _conv;

    /// <summary>Makes the layer.</summary>
    /// <param name="init">Draws the weights.</param>
    /// <param name="channels">C.</param>
    /// <param name="padding">1, or 0 for one row and column on the right and at the bottom alone.</param>
    public Downsampler(Initializer init, int channels, int padding)
    {
        _padding = padding;
        _conv = register_module("conv", new Convolution(init, channels, channels, 3));
    }

    /// <summary>[N,C,H,W] → [N,C,H/2,W/2].</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = torch.NewDisposeScope();
        var padded = _padding == 0 ? pad(x, [0, 1, 0, 1], "constant") : x;
        return conv2d(padded, _conv.weight!, _conv.bias, stride: 2, padding: [_padding, _padding]).MoveToOuterDisposeScope();
    }
}
