using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Networks;

/// <summary>ADM: adaptive scale and shift, attention heads of 64 channels.</summary>
public sealed class DhariwalUNet : EdmUNet
{
    private const double Eps = 1e-5;

    private readonly PositionalEmbedding _map_noise;
    private readonly Linear? _map_augment;
    private readonly Linear _map_layer0;
    private readonly Linear _map_layer1;
    private readonly Linear? _map_label;
    private readonly GroupNorm _out_norm;
    private readonly Convolution _out_conv;

    /// <summary>Makes the layers.</summary>
    /// <param name="options">Size and structure.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public DhariwalUNet(DhariwalUNetOptions options, int outChannels, Generator generator)
        : base(options)
    {
        var init = new KaimingUniform(generator, Math.Sqrt(1.0 / 3));
        var zero = init.Times(0);
        var embChannels = options.ModelChannels * options.ChannelMultEmb;

        _map_noise = register_module("map_noise", new PositionalEmbedding(options.ModelChannels, endpoint: false));
        _map_augment = options.AugmentDim > 0
            ? register_module("map_augment", UNetBlock.Dense(zero, options.AugmentDim, options.ModelChannels, bias: false))
            : null;
        _map_layer0 = register_module("map_layer0", UNetBlock.Dense(init, options.ModelChannels, embChannels));
        _map_layer1 = register_module("map_layer1", UNetBlock.Dense(init, embChannels, embChannels));
        var labelInit = new KaimingNormal(generator, Math.Sqrt(options.LabelDim));
        _map_label = options.LabelDim > 0
            ? register_module("map_label", UNetBlock.Dense(labelInit, options.LabelDim, embChannels, bias: false))
            : null;

        var block = new UNetBlockOptions(
            embChannels, options.Dropout, Eps, ResidualScale: 1, Adaptive: true, DhariwalUNetOptions.HeadWidth,
            WeightedResamplingSkip: false, Taps: [1, 1], init, zero, init, zero);
        var skips = AddEncoder(options.ModelChannels * options.ChannelMult[0], init, block);
        var channels = AddDecoder(skips, block, attendsOnlyLast: false);
        _out_norm = register_module("out_norm", UNetBlock.Normalization(channels, Eps));
        _out_conv = register_module("out_conv", new Convolution(zero, channels, outChannels, 3));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Tensor noise, Tensor? labels, Tensor? augmentation)
    {
        using var scope = NewDisposeScope();
        var emb = Embed(noise, labels, augmentation);
        LayerObserver?.Invoke("map_layer1", emb);
        x = ChannelsLast(x);
        var skips = new Stack<Tensor>();
        foreach (var (name, layer) in Encoder.items)
        {
            skips.Push(x = layer is UNetBlock block ? block.Forward(x, emb) : ((Convolution)layer).Forward(x));
            LayerObserver?.Invoke($"enc.{name}", x);
        }

        foreach (var (name, layer) in Decoder.items)
        {
            x = RunDecoder((UNetBlock)layer, x, skips, emb);
            LayerObserver?.Invoke($"dec.{name}", x);
        }

        return _out_conv.Forward(_out_norm.forward(x, silu: true)).MoveToOuterDisposeScope();
    }

    private Tensor Embed(Tensor noise, Tensor? labels, Tensor? augmentation)
    {
        var emb = _map_noise.Forward(noise);
        if (_map_augment is not null && augmentation is not null)
        {
            emb += _map_augment.forward(augmentation);
        }

        emb = _map_layer1.forward(_map_layer0.forward(emb).silu());
        if (_map_label is not null)
        {
            emb += _map_label.forward(DropLabels(labels!));
        }

        return emb.silu();
    }
}
