using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>The residual block of UNet2DModel, conditioned on the time embedding.</summary>
public sealed class ResnetBlock : Module
{
    private readonly bool _adaptive;
    private readonly double _dropout;
    private readonly double _scale;
    private readonly GroupNorm _norm1;
    private readonly Convolution _conv1;
    private readonly Linear _time_emb_proj;
    private readonly GroupNorm _norm2;
    private readonly Convolution _conv2;
    private readonly Convolution? _conv_shortcut;

    /// <summary>Makes the layers.</summary>
    /// <param name="init">Draws the weights.</param>
    /// <param name="options">Of the network.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="scale">Divides the residual sum.</param>
    public ResnetBlock(Initializer init, UNet2DModelOptions options, int inputs, int outputs, double scale = 1)
    {
        _adaptive = options.ResnetTimeScaleShift == "scale_shift";
        _dropout = options.Dropout;
        _scale = scale;
        _norm1 = register_module("norm1", new GroupNorm(options.NormNumGroups, inputs, options.NormEps));
        _conv1 = register_module("conv1", new Convolution(init, inputs, outputs, 3));
        _time_emb_proj = register_module(
            "time_emb_proj", UNetBlock.Dense(init, UNet2DModel.EmbeddingChannels(options), outputs * (_adaptive ? 2 : 1)));
        _norm2 = register_module("norm2", new GroupNorm(options.NormNumGroups, outputs, options.NormEps));
        _conv2 = register_module("conv2", new Convolution(init, outputs, outputs, 3));
        _conv_shortcut = inputs == outputs ? null : register_module("conv_shortcut", new Convolution(init, inputs, outputs, 1));
    }

    /// <summary>x [N,in,H,W], embedding after SiLU [N,emb] → [N,out,H,W].</summary>
    public Tensor Forward(Tensor x, Tensor embedding)
    {
        using var scope = torch.NewDisposeScope();
        var h = _conv1.Forward(_norm1.forward(x, silu: true));
        var p = _time_emb_proj.forward(embedding);
        if (_adaptive)
        {
            var scaleShift = p.chunk(2, 1);
            h = _norm2.forward(h, scale: scaleShift[0], shift: scaleShift[1], silu: true);
        }
        else
        {
            h = _norm2.forward(h, add: p, silu: true);
        }

        h = _conv2.Forward(dropout(h, _dropout, training)).add_(_conv_shortcut is null ? x : _conv_shortcut.Forward(x));
        return (_scale == 1 ? h : h.div_(_scale)).MoveToOuterDisposeScope();
    }
}
