using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Networks;

/// <summary>DDPM++ (positional embedding, standard encoder) and NCSN++ (Fourier embedding, residual or skip encoder).</summary>
public sealed class SongUNet : EdmUNet
{
    private const double Eps = 1e-6;
    private const double OutputGain = 1e-5;

    private readonly NoiseEmbedding _map_noise;
    private readonly Linear? _map_label;
    private readonly Linear? _map_augment;
    private readonly Linear _map_layer0;
    private readonly Linear _map_layer1;

    /// <summary>Makes the layers.</summary>
    /// <param name="options">Size and structure.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public SongUNet(SongUNetOptions options, int outChannels, Generator generator)
        : base(options)
    {
        var init = new XavierUniform(generator);
        var noiseChannels = options.ModelChannels * options.ChannelMultNoise;
        var embChannels = options.ModelChannels * options.ChannelMultEmb;

        _map_noise = options.EmbeddingType == "fourier"
            ? register_module("map_noise", new FourierEmbedding(noiseChannels, generator))
            : register_module("map_noise", new PositionalEmbedding(noiseChannels, endpoint: true));
        _map_label = options.LabelDim > 0 ? register_module("map_label", UNetBlock.Dense(init, options.LabelDim, noiseChannels)) : null;
        _map_augment = options.AugmentDim > 0
            ? register_module("map_augment", UNetBlock.Dense(init, options.AugmentDim, noiseChannels, bias: false))
            : null;
        _map_layer0 = register_module("map_layer0", UNetBlock.Dense(init, noiseChannels, embChannels));
        _map_layer1 = register_module("map_layer1", UNetBlock.Dense(init, embChannels, embChannels));

        var block = new UNetBlockOptions(
            embChannels, options.Dropout, Eps, ResidualScale: Math.Sqrt(0.5), Adaptive: false, HeadWidth: null,
            WeightedResamplingSkip: true, options.ResampleFilter, init,
            Last: init.Times(OutputGain), Query: init.Times(Math.Sqrt(0.2)), Projection: init.Times(OutputGain));
        var skips = AddEncoder(options.ModelChannels, init, block, AuxiliaryEncoder(options, init, block));
        AddDecoder(skips, block, attendsOnlyLast: true, Output(options, outChannels, init, block));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Tensor noise, Tensor? labels, Tensor? augmentation)
    {
        using var scope = NewDisposeScope();
        var emb = Embed(noise, labels, augmentation);
        LayerObserver?.Invoke("map_layer1", emb);
        x = ChannelsLast(x);
        var skips = new Stack<Tensor>();
        var aux = x;
        foreach (var (name, layer) in Encoder.items)
        {
            if (name.EndsWith("aux_down", StringComparison.Ordinal))
            {
                aux = ((Convolution)layer).Forward(aux);
            }
            else if (name.EndsWith("aux_skip", StringComparison.Ordinal))
            {
                skips.Pop();
                skips.Push(x += ((Convolution)layer).Forward(aux));
            }
            else if (name.EndsWith("aux_residual", StringComparison.Ordinal))
            {
                skips.Pop();
                skips.Push(x = aux = (x + ((Convolution)layer).Forward(aux)) * Math.Sqrt(0.5));
            }
            else
            {
                skips.Push(x = layer is UNetBlock block ? block.Forward(x, emb) : ((Convolution)layer).Forward(x));
            }

            LayerObserver?.Invoke($"enc.{name}", x);
        }

        Tensor? image = null;
        var head = x;
        foreach (var (name, layer) in Decoder.items)
        {
            if (name.EndsWith("aux_up", StringComparison.Ordinal))
            {
                image = ((Convolution)layer).Forward(image!);
            }
            else if (name.EndsWith("aux_norm", StringComparison.Ordinal))
            {
                head = ((GroupNorm)layer).forward(x, silu: true);
            }
            else if (name.EndsWith("aux_conv", StringComparison.Ordinal))
            {
                head = ((Convolution)layer).Forward(head);
                image = image is null ? head : image + head;
            }
            else
            {
                x = RunDecoder((UNetBlock)layer, x, skips, emb);
            }

            LayerObserver?.Invoke($"dec.{name}", image ?? x);
        }

        return image!.MoveToOuterDisposeScope();
    }

    private Tensor Embed(Tensor noise, Tensor? labels, Tensor? augmentation)
    {
        var features = _map_noise.Forward(noise).chunk(2, 1);
        var emb = cat([features[1], features[0]], 1);  // [sin, cos]
        if (_map_label is not null)
        {
            emb += _map_label.forward(DropLabels(labels!) * Math.Sqrt(LabelDim));
        }

        if (_map_augment is not null && augmentation is not null)
        {
            emb += _map_augment.forward(augmentation);
        }

        return _map_layer1.forward(_map_layer0.forward(emb).silu()).silu();
    }

    // Brings the downsampled image into every level but the first; adds nothing for "standard".
    private Action<int, int> AuxiliaryEncoder(SongUNetOptions options, Initializer init, UNetBlockOptions block)
    {
        var auxChannels = options.ImgChannels;
        return (level, channels) =>
        {
            var name = Level(level);
            if (options.EncoderType == "skip")
            {
                Encoder.add($"{name}_aux_down", new Convolution(init, auxChannels, auxChannels, 0, Resampling.Down, block.Taps));
                Encoder.add($"{name}_aux_skip", new Convolution(init, auxChannels, channels, 1));
            }
            else if (options.EncoderType == "residual")
            {
                Encoder.add($"{name}_aux_residual", new Convolution(init, auxChannels, channels, 3, Resampling.Down, block.Taps, fused: true));
                auxChannels = channels;
            }
        };
    }

    // The output, after the last level; with "skip" after every level, each added to the upsampled one before.
    private Action<int, int> Output(SongUNetOptions options, int outChannels, Initializer init, UNetBlockOptions block) => (level, channels) =>
    {
        if (options.DecoderType != "skip" && level > 0)
        {
            return;
        }

        var name = Level(level);
        if (level < options.ChannelMult.Count - 1 && options.DecoderType == "skip")
        {
            Decoder.add($"{name}_aux_up", new Convolution(init, outChannels, outChannels, 0, Resampling.Up, block.Taps));
        }

        Decoder.add($"{name}_aux_norm", UNetBlock.Normalization(channels, Eps));
        Decoder.add($"{name}_aux_conv", new Convolution(init.Times(OutputGain), channels, outChannels, 3));
    };
}
