using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Networks.Classifiers;

/// <summary>A residual depthwise convolution that mixes pixels, then a pointwise one that mixes channels.</summary>
public sealed class MixerBlock : Module
{
    private const double Eps = 1e-5;

    private readonly Parameter _depthwise;
    private readonly GroupNorm _norm0;
    private readonly Convolution _pointwise;
    private readonly GroupNorm _norm1;

    /// <summary>Makes the layers.</summary>
    /// <param name="initializer">Draws the weights.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="kernel">Side of the depthwise kernel.</param>
    public MixerBlock(Initializer initializer, int channels, int kernel)
    {
        _depthwise = register_parameter("depthwise", initializer.Draw([channels, 1, kernel, kernel], hasBias: false).Weight);
        _norm0 = register_module("norm0", new GroupNorm(1, channels, Eps));
        _pointwise = register_module("pointwise", new Convolution(initializer, channels, channels, 1));
        _norm1 = register_module("norm1", new GroupNorm(1, channels, Eps));
    }

    /// <summary>[N,C,H,W] → [N,C,H,W].</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var padding = _depthwise.size(2) / 2;
        var mixed = conv2d(x, _depthwise, padding: [padding, padding], groups: x.size(1));
        x = x + _norm0.forward(mixed, silu: true);
        return _norm1.forward(_pointwise.Forward(x), silu: true).MoveToOuterDisposeScope();
    }
}
