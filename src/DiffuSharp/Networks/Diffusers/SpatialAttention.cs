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
        : this(init, channels, groups, options.NormEps, options.AttentionHeadDim is { } width ? channels / width : 1, scale)
    {
    }

    /// <summary>Makes the layers.</summary>
    /// <param name="init">Draws the weights.</param>
    /// <param name="channels">C.</param>
    /// <param name="groups">Groups of the normalisation; null for none.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="scale">Divides the residual sum.</param>
    public SpatialAttention(Initializer init, int channels, int? groups, double eps, int heads, double scale = 1)
    {
        _heads = heads;
        _scale = scale;
        _group_norm = groups is { } count ? register_module("group_norm", new GroupNorm(count, channels, eps)) : null;
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
        var attended = Attention.MultiHead(_to_q.forward(pixels), _to_k.forward(pixels), _to_v.forward(pixels), _heads);
        var sum = _to_out.forward(attended).reshape(n, h, w, channels).permute(0, 3, 1, 2).add_(x);
        return (_scale == 1 ? sum : sum.div_(_scale)).MoveToOuterDisposeScope();
    }
}
