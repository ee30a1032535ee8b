using DiffuSharp.Networks.Diffusers;

namespace DiffuSharp.Networks.Autoencoders;

/// <summary>What the <c>config.json</c> of an AutoencoderKL says.</summary>
public sealed record AutoencoderKLConfig
{
    private const double DefaultScaling = 0.18215;

    private AutoencoderKLConfig(JsonFields config)
    {
        config.Require("_class_name", "AutoencoderKL", "AutoencoderKL");
        config.Require("act_fn", "silu", "silu", "swish");
        InChannels = config.Get("in_channels", 3);
        OutChannels = config.Get("out_channels", 3);
        LatentChannels = config.Get("latent_channels", 4);
        BlockOutChannels = config.Get("block_out_channels", (int[])[64]);
        LayersPerBlock = config.Get("layers_per_block", 1);
        NormNumGroups = config.Get("norm_num_groups", 32);
        SampleSize = config.Get("sample_size", 32);
        ScalingFactor = config.Get("scaling_factor", DefaultScaling);
        ShiftFactor = config.Get("shift_factor", 0.0);
        LatentsMean = config.Get<float[]?>("latents_mean", null);
        LatentsStd = config.Get<float[]?>("latents_std", null);
        ForceUpcast = config.Get("force_upcast", true);
        UseQuantConv = config.Get("use_quant_conv", true);
        UsePostQuantConv = config.Get("use_post_quant_conv", true);
        MidBlockAddAttention = config.Get("mid_block_add_attention", true);
        config.Check(BlockOutChannels.Count is >= 1 and <= 12, "block_out_channels must have 1 to 12 entries");
        RequireBlocks(config, "down_block_types", "DownEncoderBlock2D");
        RequireBlocks(config, "up_block_types", "UpDecoderBlock2D");
        config.Check(
            NormNumGroups > 0 && BlockOutChannels.All(channels => channels is > 0 and <= 1 << 16 && channels % NormNumGroups == 0),
            $"block_out_channels must be multiples of norm_num_groups {NormNumGroups}");
        config.Check(LayersPerBlock is >= 1 and <= 256, $"layers_per_block {LayersPerBlock} must be positive");
        config.Check(new[] { InChannels, OutChannels, LatentChannels }.All(c => c is > 0 and <= 1 << 16), "channels must be positive");
        config.Check(SampleSize >= Factor, $"sample_size {SampleSize} must be at least {Factor}");
        config.Check(double.IsFinite(ScalingFactor) && ScalingFactor != 0, "scaling_factor must not be 0");
        config.Check(
            (LatentsMean?.Count ?? LatentChannels) == LatentChannels && (LatentsStd?.Count ?? LatentChannels) == LatentChannels
            && LatentsMean is null == LatentsStd is null,
            "latents_mean and latents_std must both have one number for each latent channel");
    }

    /// <summary>Channels of the image that is encoded.</summary>
    public int InChannels { get; }

    /// <summary>Channels of the decoded image.</summary>
    public int OutChannels { get; }

    /// <summary>Channels of the latents.</summary>
    public int LatentChannels { get; }

    /// <summary>Channels of each level, from the full resolution down.</summary>
    public IReadOnlyList<int> BlockOutChannels { get; }

    /// <summary>Residual blocks of each level of the encoder; the decoder has one more.</summary>
    public int LayersPerBlock { get; }

    /// <summary>Groups of all normalisations.</summary>
    public int NormNumGroups { get; }

    /// <summary>Side of the training images, in pixels; the tile of tiled decoding.</summary>
    public int SampleSize { get; }

    /// <summary>s of latent = (z − h)·s.</summary>
    public double ScalingFactor { get; }

    /// <summary>h of latent = (z − h)·s.</summary>
    public double ShiftFactor { get; }

    /// <summary>Mean of each latent channel; null where scaling is by <see cref="ScalingFactor"/> alone.</summary>
    public IReadOnlyList<float>? LatentsMean { get; }

    /// <summary>Standard deviation of each latent channel; null as above.</summary>
    public IReadOnlyList<float>? LatentsStd { get; }

    /// <summary>Whether the decoder overflows in float16.</summary>
    public bool ForceUpcast { get; }

    /// <summary>Whether a 1x1 convolution follows the encoder.</summary>
    public bool UseQuantConv { get; }

    /// <summary>Whether a 1x1 convolution precedes the decoder.</summary>
    public bool UsePostQuantConv { get; }

    /// <summary>Whether the middles have self-attention.</summary>
    public bool MidBlockAddAttention { get; }

    /// <summary>Pixels of a latent in each direction.</summary>
    public int Factor => 1 << (BlockOutChannels.Count - 1);

    /// <summary>Reads and checks a configuration.</summary>
    internal static AutoencoderKLConfig Read(JsonFields config) => new(config);

    private void RequireBlocks(JsonFields config, string field, string type)
    {
        var types = config.Get(field, (string[])[type]);
        config.Check(types.All(t => t == type), $"the block type '{types.FirstOrDefault(t => t != type)}' in {field} is not supported; {type} is");
        config.Check(types.Length == BlockOutChannels.Count, $"{field} must have as many entries as block_out_channels");
    }
}
