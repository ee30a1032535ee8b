using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Networks;

/// <summary>Residual block conditioned on the embedding, with optional resampling and self-attention.</summary>
public sealed class UNetBlock : Module
{
    private readonly UNetBlockOptions _options;
    private readonly int _heads;
    private readonly GroupNorm _norm0;
    private readonly Convolution _conv0;
    private readonly Linear _affine;
    private readonly GroupNorm _norm1;
    private readonly Convolution _conv1;
    private readonly Convolution? _skip;
    private readonly GroupNorm? _norm2;
    private readonly Convolution? _qkv;
    private readonly Convolution? _proj;

    /// <summary>Makes the layers.</summary>
    public UNetBlock(int inputs, int outputs, UNetBlockOptions options, Resampling resampling = Resampling.None, bool attention = false)
    {
        _options = options;
        Inputs = inputs;
        var (plain, taps) = (options.Plain, options.Taps);
        _norm0 = register_module("norm0", Normalization(inputs, options.Eps));
        _conv0 = register_module("conv0", new Convolution(plain, inputs, outputs, 3, resampling, taps));
        _affine = register_module("affine", Dense(plain, options.EmbeddingChannels, outputs * (options.Adaptive ? 2 : 1)));
        _norm1 = register_module("norm1", Normalization(outputs, options.Eps));
        _conv1 = register_module("conv1", new Convolution(options.Last, outputs, outputs, 3));
        if (inputs != outputs || resampling != Resampling.None)
        {
            var kernel = inputs != outputs || options.WeightedResamplingSkip ? 1 : 0;
            _skip = register_module("skip", new Convolution(plain, inputs, outputs, kernel, resampling, taps));
        }

        if (attention)
        {
            _heads = options.HeadWidth is { } width ? outputs / width : 1;
            _norm2 = register_module("norm2", Normalization(outputs, options.Eps));
            _qkv = register_module("qkv", new Convolution(options.Query, outputs, 3 * outputs, 1));
            _proj = register_module("proj", new Convolution(options.Projection, outputs, outputs, 1));
        }
    }

    /// <summary>Input channels.</summary>
    public int Inputs { get; }

    /// <summary>min(32, C/4) groups.</summary>
    public static GroupNorm Normalization(int channels, double eps) => new(Math.Min(32, channels / 4), channels, eps);

    /// <summary>A dense layer with weights of an initialiser.</summary>
    public static Linear Dense(Initializer initializer, int inputs, int outputs, bool bias = true)
    {
        var (weight, initialBias) = initializer.Draw([outputs, inputs], bias);
        return new Linear(weight, initialBias);
    }

    /// <summary>x [N,in,H,W], embedding [N,emb] → [N,out,H',W'].</summary>
    public Tensor Forward(Tensor x, Tensor embedding)
    {
        using var scope = torch.NewDisposeScope();
        var h = _conv0.Forward(_norm0.forward(x, silu: true));
        var p = _affine.forward(embedding);
        if (_options.Adaptive)
        {
            var scaleShift = p.chunk(2, 1);
            h = _norm1.forward(h, scale: scaleShift[0], shift: scaleShift[1], silu: true);
        }
        else
        {
            h = _norm1.forward(h, add: p, silu: true);
        }

        h = Residual(_conv1.Forward(dropout(h, _options.Dropout, training)), _skip is null ? x : _skip.Forward(x));
        if (_heads > 0)
        {
            h = Residual(_proj!.Forward(Attention.Forward(_qkv!.Forward(_norm2!.forward(h)), _heads)), h);
        }

        return h.MoveToOuterDisposeScope();
    }

    // `branch` is a fresh tensor, so the sum may overwrite it.
    private Tensor Residual(Tensor branch, Tensor trunk)
    {
        branch = branch.add_(trunk);
        return _options.ResidualScale == 1 ? branch : branch.mul_(_options.ResidualScale);
    }
}
