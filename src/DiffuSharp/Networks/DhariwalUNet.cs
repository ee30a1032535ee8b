using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Networks;

/// <summary>ADM: adaptive scale and shift, attention heads of 64 channels.</summary>
public sealed class DhariwalUNet : UNet
{
    private const double Eps = 1e-5;

    private readonly PositionalEmbedding _map_noise;
    private readonly Linear? _map_augment;
    private readonly Linear _map_layer0;
    private readonly Linear _map_layer1;
    private readonly Linear? _map_label;
    private readonly ModuleDict<Module> _enc = new();
    private readonly ModuleDict<UNetBlock> _dec = new();
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
        register_module("enc", _enc);
        register_module("dec", _dec);

        var block = new UNetBlockOptions(
            embChannels, options.Dropout, Eps, ResidualScale: 1, Adaptive: true, DhariwalUNetOptions.HeadWidth,
            WeightedResamplingSkip: false, Taps: [1, 1], init, zero, init, zero);
        var channels = Decode(options, block, Encode(options, init, block));
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
        foreach (var (name, layer) in _enc.items)
        {
            skips.Push(x = layer is UNetBlock block ? block.Forward(x, emb) : ((Convolution)layer).Forward(x));
            LayerObserver?.Invoke($"enc.{name}", x);
        }

        foreach (var (name, block) in _dec.items)
        {
            x = RunDecoder(block, x, skips, emb);
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

    // Returns the channels of the stored skips; the last is that of the bottom.
    private Stack<int> Encode(DhariwalUNetOptions options, Initializer init, UNetBlockOptions block)
    {
        var channels = options.ModelChannels * options.ChannelMult[0];
        var skips = new Stack<int>();
        for (var level = 0; level < options.ChannelMult.Count; level++)
        {
            var name = Level(level);
            if (level == 0)
            {
                _enc.add($"{name}_conv", new Convolution(init, options.ImgChannels, channels, 3));
            }
            else
            {
                _enc.add($"{name}_down", new UNetBlock(channels, channels, block, Resampling.Down));
            }

            skips.Push(channels);
            for (var i = 0; i < options.NumBlocks; i++)
            {
                var inputs = channels;
                channels = options.ModelChannels * options.ChannelMult[level];
                _enc.add($"{name}_block{i}", new UNetBlock(inputs, channels, block, attention: options.Attends(level)));
                skips.Push(channels);
            }
        }

        return skips;
    }

    private int Decode(DhariwalUNetOptions options, UNetBlockOptions block, Stack<int> skips)
    {
        var bottom = options.ChannelMult.Count - 1;
        var channels = skips.Peek();
        for (var level = bottom; level >= 0; level--)
        {
            var name = Level(level);
            if (level == bottom)
            {
                _dec.add($"{name}_in0", new UNetBlock(channels, channels, block, attention: true));
                _dec.add($"{name}_in1", new UNetBlock(channels, channels, block));
            }
            else
            {
                _dec.add($"{name}_up", new UNetBlock(channels, channels, block, Resampling.Up));
            }

            for (var i = 0; i <= options.NumBlocks; i++)
            {
                var inputs = channels + skips.Pop();
                channels = options.ModelChannels * options.ChannelMult[level];
                _dec.add($"{name}_block{i}", new UNetBlock(inputs, channels, block, attention: options.Attends(level)));
            }
        }

        return channels;
    }
}
