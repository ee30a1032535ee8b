using DiffuSharp.Networks.Diffusers;
using DiffuSharp.Torch;

namespace DiffuSharp.Networks.Autoencoders;

/// <summary>Levels of the autoencoder: residual blocks without embedding, eps 1e-6, and one head of attention in the middle.</summary>
internal static class AutoencoderLevels
{
    /// <summary>Added to all variances.</summary>
    public const double Eps = 1e-6;

    /// <summary>Residual block, attention, residual block.</summary>
    public static UNet2DLevel Middle(Initializer init, AutoencoderKLConfig config)
    {
        var channels = config.BlockOutChannels[^1];
        var level = Level(init, config, channels, channels, blocks: 2);
        if (config.MidBlockAddAttention)
        {
            level.Add(new SpatialAttention(init, channels, config.NormNumGroups, Eps, heads: 1));
        }

        return level;
    }

    /// <summary>Residual blocks, the first of which changes the number of channels.</summary>
    public static UNet2DLevel Level(Initializer init, AutoencoderKLConfig config, int inputs, int outputs, int blocks)
    {
        var level = new UNet2DLevel();
        for (var j = 0; j < blocks; j++)
        {
            level.Add(new ResnetBlock(init, j == 0 ? inputs : outputs, outputs, config.NormNumGroups, Eps));
        }

        return level;
    }

    /// <summary>All blocks of a level and its change of resolution.</summary>
    public static Tensor Run(UNet2DLevel level, Tensor x)
    {
        using var scope = torch.NewDisposeScope();
        for (var i = 0; i < level.Resnets.Count; i++)
        {
            x = level.Forward(i, x);
        }

        x = level.Down?.Forward(x) ?? level.Up?.Forward(x) ?? x;
        return x.MoveToOuterDisposeScope();
    }
}
