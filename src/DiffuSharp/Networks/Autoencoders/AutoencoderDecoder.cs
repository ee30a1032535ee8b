using DiffuSharp.Networks.Diffusers;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Networks.Autoencoders;

/// <summary>From latents to images, without the 1x1 convolution before it.</summary>
internal sealed class AutoencoderDecoder : Module
{
    private readonly Convolution _conv_in;
    private readonly ModuleDict<UNet2DLevel> _up_blocks = new();
    private readonly UNet2DLevel _mid_block;
    private readonly GroupNorm _conv_norm_out;
    private readonly Convolution _conv_out;

    /// <summary>Makes the layers.</summary>
    public AutoencoderDecoder(Initializer init, AutoencoderKLConfig config)
    {
        int[] sizes = [.. config.BlockOutChannels.Reverse()];
        _conv_in = register_module("conv_in", new Convolution(init, config.LatentChannels, sizes[0], 3));
        _mid_block = register_module("mid_block", AutoencoderLevels.Middle(init, config));
        register_module("up_blocks", _up_blocks);
        for (var i = 0; i < sizes.Length; i++)
        {
            var level = _up_blocks.add(
                $"{i}", AutoencoderLevels.Level(init, config, sizes[Math.Max(i - 1, 0)], sizes[i], config.LayersPerBlock + 1));
            if (i < sizes.Length - 1)
            {
                level.End(new Upsampler(init, sizes[i]));
            }
        }

        _conv_norm_out = register_module("conv_norm_out", new GroupNorm(config.NormNumGroups, sizes[^1], AutoencoderLevels.Eps));
        _conv_out = register_module("conv_out", new Convolution(init, sizes[^1], config.OutChannels, 3));
    }

    /// <summary>[N,Z,h,w] → [N,C,f h,f w].</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = torch.NewDisposeScope();
        x = _conv_in.Forward(x.contiguous(MemoryFormat.ChannelsLast));
        x = AutoencoderLevels.Run(_mid_block, x);
        foreach (var (_, level) in _up_blocks.items)
        {
            using var before = x;
            x = AutoencoderLevels.Run(level, x);
        }

        return _conv_out.Forward(_conv_norm_out.forward(x, silu: true)).MoveToOuterDisposeScope();
    }
}
