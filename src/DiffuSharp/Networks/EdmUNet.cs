using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Networks;

/// <summary>
/// The layers that DDPM++, NCSN++ and ADM have in common: an encoder that halves the image from level to level and stores its
/// feature maps, and a decoder that doubles it and takes them up again.
/// </summary>
public abstract class EdmUNet : UNet
{
    private protected EdmUNet(EdmNetworkOptions options)
        : base(options)
    {
    }

    private protected ModuleDict<Module> Encoder { get; } = new();

    private protected ModuleDict<Module> Decoder { get; } = new();

    private EdmNetworkOptions EdmOptions => (EdmNetworkOptions)Options;

    /// <summary>Registers the encoder and adds its layers.</summary>
    /// <param name="channels">Channels after the first convolution.</param>
    /// <param name="init">Initial weights of the first convolution.</param>
    /// <param name="block">What all blocks share.</param>
    /// <param name="addAfterDown">Adds what the architecture has after the downsampling of a level, which it is given with its channels.</param>
    /// <returns>Channels of the stored feature maps; on top that of the last.</returns>
    private protected Stack<int> AddEncoder(int channels, Initializer init, UNetBlockOptions block, Action<int, int>? addAfterDown = null)
    {
        register_module("enc", Encoder);
        var skips = new Stack<int>();
        for (var level = 0; level < EdmOptions.ChannelMult.Count; level++)
        {
            var name = Level(level);
            if (level == 0)
            {
                Encoder.add($"{name}_conv", new Convolution(init, EdmOptions.ImgChannels, channels, 3));
            }
            else
            {
                Encoder.add($"{name}_down", new UNetBlock(channels, channels, block, Resampling.Down));
                addAfterDown?.Invoke(level, channels);
            }

            skips.Push(channels);
            for (var i = 0; i < EdmOptions.NumBlocks; i++)
            {
                var inputs = channels;
                channels = EdmOptions.ModelChannels * EdmOptions.ChannelMult[level];
                Encoder.add($"{name}_block{i}", new UNetBlock(inputs, channels, block, attention: EdmOptions.Attends(level)));
                skips.Push(channels);
            }
        }

        return skips;
    }

    /// <summary>Registers the decoder and adds its layers.</summary>
    /// <param name="skips">Channels of the stored feature maps.</param>
    /// <param name="block">What all blocks share.</param>
    /// <param name="attendsOnlyLast">Whether in a level with attention only the last block has it.</param>
    /// <param name="addAfterLevel">Adds what the architecture has after a level, which it is given with its channels.</param>
    /// <returns>The channels that come out.</returns>
    private protected int AddDecoder(Stack<int> skips, UNetBlockOptions block, bool attendsOnlyLast, Action<int, int>? addAfterLevel = null)
    {
        register_module("dec", Decoder);
        var bottom = EdmOptions.ChannelMult.Count - 1;
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

            for (var i = 0; i <= EdmOptions.NumBlocks; i++)
            {
                var inputs = channels + skips.Pop();
                channels = EdmOptions.ModelChannels * EdmOptions.ChannelMult[level];
                var attention = EdmOptions.Attends(level) && (i == EdmOptions.NumBlocks || !attendsOnlyLast);
                Decoder.add($"{name}_block{i}", new UNetBlock(inputs, channels, block, attention: attention));
            }

            addAfterLevel?.Invoke(level, channels);
        }

        return channels;
    }
}
