using DiffuSharp.Networks.Components;
using DiffuSharp.Networks.Diffusers;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Networks.Autoencoders;

/// <summary>The autoencoder of latent diffusion (Rombach et al. 2022) under the parameter names of diffusers.</summary>
public sealed class AutoencoderKL : Module
{
    private const double LeastLogVariance = -30;
    private const double MostLogVariance = 20;

    private readonly AutoencoderEncoder _encoder;
    private readonly AutoencoderDecoder _decoder;
    private readonly Convolution? _quant_conv;
    private readonly Convolution? _post_quant_conv;
    private readonly Tiling _encoding;
    private readonly Tiling _decoding;

    /// <summary>Makes the layers.</summary>
    /// <param name="config">Size and structure.</param>
    /// <param name="init">Draws the weights.</param>
    public AutoencoderKL(AutoencoderKLConfig config, Initializer init)
    {
        Config = config;
        var z = config.LatentChannels;
        _encoder = register_module("encoder", new AutoencoderEncoder(init, config));
        _decoder = register_module("decoder", new AutoencoderDecoder(init, config));
        _quant_conv = config.UseQuantConv ? register_module("quant_conv", new Convolution(init, 2 * z, 2 * z, 1)) : null;
        _post_quant_conv = config.UsePostQuantConv ? register_module("post_quant_conv", new Convolution(init, z, z, 1)) : null;
        var latent = config.SampleSize / config.Factor;
        _encoding = new Tiling(config.SampleSize, latent);
        _decoding = new Tiling(latent, config.SampleSize);
    }

    /// <summary>Size, structure and scale of the latents.</summary>
    public AutoencoderKLConfig Config { get; }

    /// <summary>Whether images larger than the training images are worked on tile by tile, with the memory of one tile.</summary>
    public bool UseTiling { get; set; }

    /// <summary>Reads a component's folder.</summary>
    /// <param name="folder">Holds <c>config.json</c> and <c>diffusion_pytorch_model.safetensors</c>, whole or in shards.</param>
    /// <exception cref="FileNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The configuration is not supported, or the weights do not fit; one line.</exception>
    public static AutoencoderKL Load(string folder)
    {
        var component = new ComponentFolder(folder, ComponentFolder.DiffusersWeights);
        return component.Fill(new AutoencoderKL(AutoencoderKLConfig.Read(component.Config), new DeferredWeights()), AttentionNames.Present);
    }

    /// <summary>The distribution of the latents z, unscaled: mean and logarithm of the variance, each [N,Z,H/f,W/f].</summary>
    /// <param name="image">[N,C,H,W] in [−1, 1].</param>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor image)
    {
        using var scope = torch.NewDisposeScope();
        var moments = UseTiling && _encoding.Divides(image) ? _encoding.Run(image, Moments) : Moments(image);
        var halves = moments.chunk(2, 1);
        return (halves[0].MoveToOuterDisposeScope(), halves[1].clamp(LeastLogVariance, MostLogVariance).MoveToOuterDisposeScope());
    }

    /// <summary>The image [N,C,H,W], nominally in [−1, 1], of latents z [N,Z,H/f,W/f], unscaled.</summary>
    public Tensor Decode(Tensor z) => UseTiling && _decoding.Divides(z) ? _decoding.Run(z, Image) : Image(z);

    private Tensor Moments(Tensor image)
    {
        using var scope = torch.NewDisposeScope();
        var moments = _encoder.Forward(image);
        return (_quant_conv?.Forward(moments) ?? moments).MoveToOuterDisposeScope();
    }

    private Tensor Image(Tensor z)
    {
        using var scope = torch.NewDisposeScope();
        return _decoder.Forward(_post_quant_conv?.Forward(z) ?? z).MoveToOuterDisposeScope();
    }
}
