using System.Text.Json.Serialization;

namespace DiffuSharp.Networks;

/// <summary>Options common to the networks of EDM: DDPM++, NCSN++ and ADM.</summary>
public abstract record EdmNetworkOptions : NetworkOptions
{
    /// <summary>Channels at multiplier 1.</summary>
    public abstract int ModelChannels { get; init; }

    /// <summary>Channel multiplier of each level, from the full resolution down.</summary>
    public abstract IReadOnlyList<int> ChannelMult { get; init; }

    /// <summary>Width of the embedding over <see cref="ModelChannels"/>.</summary>
    public int ChannelMultEmb { get; init; } = 4;

    /// <summary>Residual blocks for each level.</summary>
    public abstract int NumBlocks { get; init; }

    /// <summary>Heights of feature maps at which the blocks have self-attention.</summary>
    public abstract IReadOnlyList<int> AttnResolutions { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override int Divisor => 1 << (ChannelMult.Count - 1);

    /// <summary>Whether the blocks of a level have self-attention.</summary>
    /// <param name="level">0 is the full resolution.</param>
    public bool Attends(int level) => AttnResolutions.Contains(ImgHeight >> level);

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(ChannelMult.Count is >= 1 and <= 12 && ChannelMult.All(m => m is >= 1 and <= 64), "channel_mult must be a list of positive numbers");
        base.Validate();
        Require(ModelChannels is >= 4 and <= 1 << 16 && ModelChannels % 4 == 0, $"model_channels {ModelChannels} must be a multiple of 4");
        Require(NumBlocks is >= 1 and <= 256, $"num_blocks {NumBlocks} must be positive");
        Require(ChannelMultEmb is >= 1 and <= 64, $"channel_mult_emb {ChannelMultEmb} must be positive");
        Require(ChannelMult.All(m => ModelChannels * m % Math.Min(32, ModelChannels * m / 4) == 0), "the channels of each level must be divisible by their norm groups");
    }
}
