using System.Text.Json;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>Reads the <c>config.json</c> of a UNet2DModel.</summary>
internal static class UNet2DModelConfig
{
    private const int DefaultHeadDim = 8;

    /// <summary>The options, and for each channel of the image how many the network puts out.</summary>
    /// <exception cref="InvalidDataException">The file is not valid or asks for what is not supported; one line.</exception>
    public static (UNet2DModelOptions Options, int OutputFactor) Read(string path)
    {
        var config = new JsonFields(path);
        config.Require("_class_name", "UNet2DModel", "UNet2DModel");
        config.Require("time_embedding_type", "positional", "positional");
        config.Require("act_fn", "silu", "silu", "swish");
        config.Require("downsample_type", "conv", "conv");
        config.Require("upsample_type", "conv", "conv");
        config.Require("class_embed_type", "", "", null);
        if (config.Get("center_input_sample", false))
        {
            throw config.Error("has center_input_sample, images in [0, 1]; only networks of images in [-1, 1] can be imported");
        }

        var (height, width) = Size(config);
        var channels = config.Get("in_channels", 3);
        var defaults = new UNet2DModelOptions { ImgChannels = channels, ImgHeight = height, ImgWidth = width };
        var options = defaults with
        {
            LabelDim = config.Get("num_class_embeds", 0),
            Dropout = config.Get("dropout", 0.0),
            BlockOutChannels = config.Get("block_out_channels", defaults.BlockOutChannels),
            LayersPerBlock = config.Get("layers_per_block", defaults.LayersPerBlock),
            DownBlockTypes = config.Get("down_block_types", defaults.DownBlockTypes),
            UpBlockTypes = config.Get("up_block_types", defaults.UpBlockTypes),
            NormNumGroups = config.Get("norm_num_groups", defaults.NormNumGroups),
            AttnNormNumGroups = config.Get<int?>("attn_norm_num_groups", null),
            NormEps = config.Get("norm_eps", defaults.NormEps),
            AttentionHeadDim = config.IsNull("attention_head_dim") ? null : config.Get("attention_head_dim", DefaultHeadDim),
            AddAttention = config.Get("add_attention", true),
            DownsamplePadding = config.Get("downsample_padding", defaults.DownsamplePadding),
            FlipSinToCos = config.Get("flip_sin_to_cos", defaults.FlipSinToCos),
            FreqShift = config.Get("freq_shift", defaults.FreqShift),
            ResnetTimeScaleShift = config.Get("resnet_time_scale_shift", defaults.ResnetTimeScaleShift),
            MidBlockScaleFactor = config.Get("mid_block_scale_factor", 1.0),
        };
        try
        {
            options.Validate();
        }
        catch (InvalidInputException error)
        {
            throw config.Error(error.Message);
        }

        var outputs = config.Get("out_channels", 3);
        return outputs == channels || outputs == 2 * channels
            ? (options, outputs / channels)
            : throw config.Error($"has out_channels {outputs} for in_channels {channels}; they must be equal, or twice as many where variances are learned");
    }

    private static (int Height, int Width) Size(JsonFields config)
    {
        var size = config.Get<JsonElement>("sample_size", default);
        return size.ValueKind switch
        {
            JsonValueKind.Number => (config.Get("sample_size", 0), config.Get("sample_size", 0)),
            JsonValueKind.Array when config.Get<int[]>("sample_size", []) is [var height, var width] => (height, width),
            _ => throw config.Error("does not say its sample_size; write the image size into it, as a number or [height, width]"),
        };
    }
}
