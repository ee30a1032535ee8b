using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>Self-attention over all pixels with a residual connection; dense layers under the library's present names.</summary>
public sealed class SpatialAttention : Module
{
    private readonly int _heads;
    private readonly double _scale;
    private readonly GroupNorm? _group_norm;
    private readonly Linear _to_q;
    private readonly Linear _to_k;
    private readonly Linear _to_v;
    private readonly Linear _to_out;

    /// <summary>Makes the layers.</summary>
    /// <param name="init">Draws the weights.</param>
    /// <param name="options">Of the network.</param>
    /// <param name="channels">C.</param>
    /// <param name="groups">Groups of the normalisation; null for none.</param>
    /// <param name="scale">Divides the residual sum.</param>
    public SpatialAttention(Initializer init, UNet2DModelOptions options, int channels, int? groups, double scale = 1)
    {
        _heads = options.AttentionHeadDim is { } width ? channels / width : 1;
        _scale = scale;
        _group_norm = groups is { } count ? register_module("group_norm", new GroupNorm(count, channels, options.NormEps)) : null;
        _to_q = register_module("to_q", UNetBlock.Dense(init, channels, channels));
        _to_k = register_module("to_k", UNetBlock.Dense(init, channels, channels));
        _to_v = register_module("to_v", UNetBlock.Dense(init, channels, channels));
        _to_out = register_module("to_out", new ModuleDict<Linear>()).add("0", UNetBlock.Dense(init, channels, channels));
    }

    /// <summary>[N,C,H,W] → [N,C,H,W].</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = torch.NewDisposeScope();
        var (n, channels, h, w) = (x.size(0), x.size(1), x.size(2), x.size(3));
        var pixels = (_group_norm is null ? x : _group_norm.forward(x)).permute(0, 2, 3, 1).reshape(n, h * w, channels);
        var attended = Attention.Attend(Heads(_to_q.forward(pixels)), Heads(_to_k.forward(pixels)), Heads(_to_v.forward(pixels)))
            .reshape(n, _heads, h * w, channels / _heads).transpose(1, 2).reshape(n, h * w, channels);
        var sum = _to_out.forward(attended).reshape(n, h, w, channels).permute(0, 3, 1, 2).add_(x);
        return (_scale == 1 ? sum : sum.div_(_scale)).MoveToOuterDisposeScope();
    }

    // [N, HW, C] → [N·heads, HW, C/heads].
    private Tensor Heads(Tensor values)
    {
        var (n, pixels, channels) = (values.size(0), values.size(1), values.size(2));
        return _heads == 1
            ? values
            : values.reshape(n, pixels, _heads, channels / _heads).transpose(1, 2).reshape(n * _heads, pixels, channels / _heads);
    }
}
