using System.Text.Json.Serialization;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>Options of the UNet2DModel of the diffusers library, under the names of its <c>config.json</c>.</summary>
public sealed record UNet2DModelOptions : NetworkOptions
{
    private static readonly string[] s_downBlocks = ["DownBlock2D", "AttnDownBlock2D"];
    private static readonly string[] s_upBlocks = ["UpBlock2D", "AttnUpBlock2D"];

    /// <summary>Channels of each level, from the full resolution down.</summary>
    public IReadOnlyList<int> BlockOutChannels { get; init; } = [224, 448, 672, 896];

    /// <summary>Residual blocks of each level of the encoder; the decoder has one more.</summary>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary><c>DownBlock2D</c> or <c>AttnDownBlock2D</c> for each level.</summary>
    public IReadOnlyList<string> DownBlockTypes { get; init; } = ["DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D"];

    /// <summary><c>UpBlock2D</c> or <c>AttnUpBlock2D</c> for each level, from the smallest resolution up.</summary>
    public IReadOnlyList<string> UpBlockTypes { get; init; } = ["AttnUpBlock2D", "AttnUpBlock2D", "AttnUpBlock2D", "UpBlock2D"];

    /// <summary>Groups of all normalisations.</summary>
    public int NormNumGroups { get; init; } = 32;

    /// <summary>Groups of the normalisation before the attention of the middle; null for the rule of the library.</summary>
    public int? AttnNormNumGroups { get; init; }

    /// <summary>Added to the variances.</summary>
    public double NormEps { get; init; } = 1e-5;

    /// <summary>Channels of an attention head; null for a single head.</summary>
    public int? AttentionHeadDim { get; init; }

    /// <summary>Whether the middle has self-attention.</summary>
    public bool AddAttention { get; init; } = true;

    /// <summary>Padding of the stride-2 convolutions; 0 pads by one on the right and at the bottom alone.</summary>
    public int DownsamplePadding { get; init; } = 1;

    /// <summary>Whether the time embedding is [cos, sin] instead of [sin, cos].</summary>
    public bool FlipSinToCos { get; init; } = true;

    /// <summary>0 or 1: the frequencies are 10000^(−i/(half − freq_shift)).</summary>
    public int FreqShift { get; init; }

    /// <summary><c>default</c>: the embedding is added; <c>scale_shift</c>: it scales and shifts after the normalisation.</summary>
    public string ResnetTimeScaleShift { get; init; } = "default";

    /// <summary>Divides the residual sums of the middle.</summary>
    public double MidBlockScaleFactor { get; init; } = 1;

    /// <inheritdoc/>
    [JsonIgnore]
    public override int Divisor => 1 << (BlockOutChannels.Count - 1);

    /// <summary>Groups of the normalisation before the attention of the middle; null for none.</summary>
    [JsonIgnore]
    internal int? MidAttentionGroups => AttnNormNumGroups ?? (ResnetTimeScaleShift == "default" ? NormNumGroups : null);

    /// <inheritdoc/>
    public override void Validate()
    {
        var levels = BlockOutChannels.Count;
        Require(levels is >= 1 and <= 12 && DownBlockTypes.Count == levels && UpBlockTypes.Count == levels, "block_out_channels, down_block_types and up_block_types must be lists of one length");
        base.Validate();
        RequireKnown("down_block_types", DownBlockTypes, s_downBlocks);
        RequireKnown("up_block_types", UpBlockTypes, s_upBlocks);
        Require(NormNumGroups > 0 && BlockOutChannels.All(c => c is > 0 and <= 1 << 16 && c % NormNumGroups == 0), $"block_out_channels must be multiples of norm_num_groups {NormNumGroups}");
        Require(BlockOutChannels[0] % 2 == 0, $"block_out_channels {BlockOutChannels[0]} must be even");
        Require(AttnNormNumGroups is null || (AttnNormNumGroups > 0 && BlockOutChannels[^1] % AttnNormNumGroups == 0), $"attn_norm_num_groups {AttnNormNumGroups} must divide {BlockOutChannels[^1]} channels");
        Require(LayersPerBlock is >= 1 and <= 256, $"layers_per_block {LayersPerBlock} must be positive");
        Require(NormEps > 0, $"norm_eps {NormEps} must be positive");
        Require(AttentionHeadDim is null or > 0, $"attention_head_dim {AttentionHeadDim} must be positive");
        Require(Attending().All(c => AttentionHeadDim is not { } width || c % width == 0), $"channels with attention must be multiples of attention_head_dim {AttentionHeadDim}");
        Require(DownsamplePadding is 0 or 1, $"downsample_padding {DownsamplePadding} must be 0 or 1");
        Require(FreqShift is 0 or 1, $"freq_shift {FreqShift} must be 0 or 1");
        Require(ResnetTimeScaleShift is "default" or "scale_shift", $"resnet_time_scale_shift '{ResnetTimeScaleShift}' must be default or scale_shift");
        Require(MidBlockScaleFactor > 0, $"mid_block_scale_factor {MidBlockScaleFactor} must be positive");
        Require(AugmentDim == 0, "a UNet2DModel has no augmentation labels");
    }

    private static void RequireKnown(string option, IReadOnlyList<string> types, string[] known)
    {
        var unknown = types.FirstOrDefault(type => !known.Contains(type));
        Require(unknown is null, $"the block type '{unknown}' in {option} is not supported; {string.Join(" and ", known)} are");
    }

    private IEnumerable<int> Attending()
    {
        var levels = BlockOutChannels.Count;
        return BlockOutChannels.Where((_, i) => DownBlockTypes[i] == s_downBlocks[1] || UpBlockTypes[levels - 1 - i] == s_upBlocks[1] || (AddAttention && i == levels - 1));
    }
}
