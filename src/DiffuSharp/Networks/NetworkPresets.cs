using DiffuSharp.Denoising;

namespace DiffuSharp.Networks;

/// <summary>Named networks: the published ones and the one that ships.</summary>
public static class NetworkPresets
{
    private const int AugmentLabels = 9;

    private static readonly Dictionary<string, NetworkOptions> s_presets = new()
    {
        // 1.26 M parameters.
        ["fashion-mnist"] = new SongUNetOptions
        {
            ImgChannels = 1, ImgHeight = 28, ImgWidth = 28, LabelDim = 10, AugmentDim = AugmentLabels, ModelChannels = 32,
            ChannelMult = [1, 2, 2], NumBlocks = 1, AttnResolutions = [7], Dropout = 0,
        },

        // 55.7 M parameters (EDM, appendix F.1, configuration F).
        ["cifar10-ddpmpp"] = new SongUNetOptions
        {
            ImgChannels = 3, ImgHeight = 32, ImgWidth = 32, LabelDim = 10, AugmentDim = AugmentLabels, ChannelMult = [2, 2, 2], Dropout = 0.13,
        },
        ["cifar10-ncsnpp"] = new SongUNetOptions
        {
            ImgChannels = 3, ImgHeight = 32, ImgWidth = 32, LabelDim = 10, AugmentDim = AugmentLabels, ChannelMult = [2, 2, 2], Dropout = 0.13,
            EmbeddingType = "fourier", EncoderType = "residual", ChannelMultNoise = 2, ResampleFilter = [1, 3, 3, 1],
        },
        ["ffhq64-ddpmpp"] = new SongUNetOptions
        {
            ImgChannels = 3, ImgHeight = 64, ImgWidth = 64, AugmentDim = AugmentLabels, Dropout = 0.05,
        },
        ["imagenet64-adm"] = new DhariwalUNetOptions { ImgChannels = 3, ImgHeight = 64, ImgWidth = 64, LabelDim = 1000 },
    };

    /// <summary>The names.</summary>
    public static IReadOnlyCollection<string> Names => s_presets.Keys;

    /// <summary>A network of the given name with EDM's preconditioning.</summary>
    /// <exception cref="InvalidInputException">There is no such preset.</exception>
    public static ModelDescription Find(string name) => s_presets.TryGetValue(name, out var network)
        ? new ModelDescription { Network = network, Preconditioning = new EdmPreconditioning() }
        : throw new InvalidInputException($"no network preset '{name}'; there are {string.Join(", ", s_presets.Keys)}");
}
