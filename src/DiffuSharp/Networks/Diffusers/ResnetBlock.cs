using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>The residual block of the networks of diffusers, conditioned on the time embedding where they have one.</summary>
public sealed class ResnetBlock : Module
{
    private readonly bool _adaptive;
    private readonly double _dropout;
    private readonly double _scale;
    private readonly GroupNorm _norm1;
    private readonly Convolution _conv1;
    private readonly Linear? _time_emb_proj;
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
        : this(
            init, inputs, outputs, options.NormNumGroups, options.NormEps, UNet2DModel.EmbeddingChannels(options),
            options.ResnetTimeScaleShift == "scale_shift", options.Dropout, scale)
    {
    }

    /// <summary>Makes the layers.</summary>
    /// <param name="init">Draws the weights.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="groups">Groups of the normalisations.</param>
    /// <param name="eps">Added to the variances.</param>
    /// <param name="embedding">Width of the time embedding; 0 for none.</param>
    /// <param name="adaptive">Whether the embedding scales and shifts instead of being added.</param>
    /// <param name="dropout">Probability.</param>
    /// <param name="scale">Divides the residual sum.</param>
    public ResnetBlock(
        Initializer init, int inputs, int outputs, int groups, double eps, int embedding = 0, bool adaptive = false, double dropout = 0, double scale = 1)
    {
        _adaptive = adaptive;
        _dropout = dropout;
        _scale = scale;
        _norm1 = register_module("norm1", new GroupNorm(groups, inputs, eps));
        _conv1 = register_module("conv1", new Convolution(init, inputs, outputs, 3));
        _time_emb_proj = embedding == 0
            ? null
            : register_module("time_emb_proj", UNetBlock.Dense(init, embedding, outputs * (adaptive ? 2 : 1)));
        _norm2 = register_module("norm2", new GroupNorm(groups, outputs, eps));
        _conv2 = register_module("conv2", new Convolution(init, outputs, outputs, 3));
        _conv_shortcut = inputs == outputs ? null : register_module("conv_shortcut", new Convolution(init, inputs, outputs, 1));
    }

    /// <summary>x [N,in,H,W], embedding after SiLU [N,emb] or null → [N,out,H,W].</summary>
    public Tensor Forward(Tensor x, Tensor? embedding)
    {
        using var scope = torch.NewDisposeScope();
        var h = _conv1.Forward(_norm1.forward(x, silu: true));
        var p = _time_emb_proj?.forward(embedding!);
        if (_adaptive)
        {
            var scaleShift = p!.chunk(2, 1);
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
