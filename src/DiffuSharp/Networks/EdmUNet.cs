using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Networks;

/// <summary>
/// The layers that DDPM++, NCSN++ and ADM have in common: an encoder that halves the image from level to level and stores its
/// feature maps, and a decoder that doubles it and takes them up again.
/// </summary>
public abstract class EdmUNet : UNet
{
    private readonly EdmNetworkOptions _options;

    private protected EdmUNet(EdmNetworkOptions options)
        : base(options) => _options = options;

    private protected ModuleDict<Module> Encoder { get; } = new();

    private protected ModuleDict<Module> Decoder { get; } = new();

    /// <summary>Registers the encoder, adds its layers and returns the channels of the stored feature maps; the top is that of the bottom level.</summary>
    /// <param name="channels">Channels after the first convolution.</param>
    /// <param name="init">Initial weights of the first convolution.</param>
    /// <param name="block">What all blocks share.</param>
    /// <param name="addAfterDown">Adds what the architecture has after the downsampling of a level: its name and its channels.</param>
    private protected Stack<int> AddEncoder(int channels, Initializer init, UNetBlockOptions block, Action<string, int>? addAfterDown = null)
    {
        register_module("enc", Encoder);
        var skips = new Stack<int>();
        for (var level = 0; level < _options.ChannelMult.Count; level++)
        {
            var name = Level(level);
            if (level == 0)
            {
                Encoder.add($"{name}_conv", new Convolution(init, _options.ImgChannels, channels, 3));
            }
            else
            {
                Encoder.add($"{name}_down", new UNetBlock(channels, channels, block, Resampling.Down));
                addAfterDown?.Invoke(name, channels);
            }

            skips.Push(channels);
            for (var i = 0; i < _options.NumBlocks; i++)
            {
                var inputs = channels;
                channels = _options.ModelChannels * _options.ChannelMult[level];
                Encoder.add($"{name}_block{i}", new UNetBlock(inputs, channels, block, attention: _options.Attends(level)));
                skips.Push(channels);
            }
        }

        return skips;
    }

    /// <summary>Registers the decoder, adds its layers and returns the channels that come out.</summary>
    /// <param name="skips">Channels of the stored feature maps.</param>
    /// <param name="block">What all blocks share.</param>
    /// <param name="attendsOnlyLast">Whether in a level with attention only the last block has it.</param>
    /// <param name="addAfterLevel">Adds what the architecture has after a level: its number and its channels.</param>
    private protected int AddDecoder(Stack<int> skips, UNetBlockOptions block, bool attendsOnlyLast, Action<int, int>? addAfterLevel = null)
    {
        register_module("dec", Decoder);
        var bottom = _options.ChannelMult.Count - 1;
        var channels = skips.Peek();
        for (var level = bottom; level >= 0; level--)
        {
            var name = Level(level);
            if (level == bottom)
            {
                Decoder.add($"{name}_in0", new UNetBlock(channels, channels, block, attention: true));
                Decoder.add($"{name}_in1", new UNetBlock(channels, channels, block));
            }
            else
            {
                Decoder.add($"{name}_up", new UNetBlock(channels, channels, block, Resampling.Up));
            }

            for (var i = 0; i <= _options.NumBlocks; i++)
            {
                var inputs = channels + skips.Pop();
                channels = _options.ModelChannels * _options.ChannelMult[level];
                var attention = _options.Attends(level) && (i == _options.NumBlocks || !attendsOnlyLast);
                Decoder.add($"{name}_block{i}", new UNetBlock(inputs, channels, block, attention: attention));
            }

            addAfterLevel?.Invoke(level, channels);
        }

        return channels;
    }
}
