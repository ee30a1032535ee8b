using DiffuSharp.Networks.Diffusers;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Networks.Autoencoders;

/// <summary>From images to moments of latents, without the 1x1 convolution after it.</summary>
internal sealed class AutoencoderEncoder : Module
{
    private readonly Convolution _conv_in;
    private readonly ModuleDict<UNet2DLevel> _down_blocks = new();
    private readonly UNet2DLevel _mid_block;
    private readonly GroupNorm _conv_norm_out;
    private readonly Convolution _conv_out;

    /// <summary>Makes the layers.</summary>
    public AutoencoderEncoder(Initializer init, AutoencoderKLConfig config)
    {
        var sizes = config.BlockOutChannels;
        _conv_in = register_module("conv_in", new Convolution(init, config.InChannels, sizes[0], 3));
        register_module("down_blocks", _down_blocks);
        for (var i = 0; i < sizes.Count; i++)
        {
            var level = _down_blocks.add(
                $"{i}", AutoencoderLevels.Level(init, config, sizes[Math.Max(i - 1, 0)], sizes[i], config.LayersPerBlock));
            if (i < sizes.Count - 1)
            {
                level.End(new Downsampler(init, sizes[i], padding: 0));
            }
        }

        _mid_block = register_module("mid_block", AutoencoderLevels.Middle(init, config));
        _conv_norm_out = register_module("conv_norm_out", new GroupNorm(config.NormNumGroups, sizes[^1], AutoencoderLevels.Eps));
        _conv_out = register_module("conv_out", new Convolution(init, sizes[^1], 2 * config.LatentChannels, 3));
    }

    /// <summary>[N,C,H,W] → [N,2Z,H/f,W/f].</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = torch.NewDisposeScope();
        x = _conv_in.Forward(x.contiguous(MemoryFormat.ChannelsLast));
        foreach (var (_, level) in _down_blocks.items)
        {
            using var before = x;
            x = AutoencoderLevels.Run(level, x);
        }

        x = AutoencoderLevels.Run(_mid_block, x);
        return _conv_out.Forward(_conv_norm_out.forward(x, silu: true)).MoveToOuterDisposeScope();
    }
}
