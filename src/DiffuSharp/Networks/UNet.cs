using DiffuSharp.Denoising;
using DiffuSharp.Networks.Diffusers;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Networks;

/// <summary>A U-Net of one of the published architectures; parameter names are the published ones.</summary>
public abstract class UNet : Module, INetwork
{
    /// <summary>Keeps the options.</summary>
    /// <param name="options">Validated options.</param>
    protected UNet(NetworkOptions options)
    {
        options.Validate();
        Options = options;
    }

    /// <summary>Size and structure.</summary>
    public NetworkOptions Options { get; }

    /// <summary>Told the dotted name and the output of each layer in forward order; null, as it is normally, for nobody.</summary>
    internal Action<string, Tensor>? LayerObserver { get; set; }

    /// <inheritdoc/>
    public ImageShape Shape => Options.Shape;

    /// <inheritdoc/>
    public int LabelDim => Options.LabelDim;

    /// <inheritdoc/>
    public Device Device => named_parameters().First().Value.device;

    /// <inheritdoc/>
    public ScalarType Dtype => named_parameters().First().Value.dtype;

    /// <summary>Makes the network of the given options with fresh weights.</summary>
    /// <param name="options">Architecture and size.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public static UNet Create(NetworkOptions options, int outChannels, ulong seed = 0)
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new Generator(seed);
        return options switch
        {
            SongUNetOptions song => new SongUNet(song, outChannels, generator),
            DhariwalUNetOptions dhariwal => new DhariwalUNet(dhariwal, outChannels, generator),
            UNet2DModelOptions diffusers => new UNet2DModel(diffusers, outChannels, generator),
            _ => throw new InvalidInputException($"no network for {options.GetType().Name}"),
        };
    }

    /// <inheritdoc/>
    public abstract Tensor Forward(Tensor x, Tensor noise, Tensor? labels, Tensor? augmentation);

    /// <summary>Name of a level, <c>HxW</c>.</summary>
    protected string Level(int level) => $"{Options.ImgHeight >> level}x{Options.ImgWidth >> level}";

    /// <summary>
    /// The input in channels-last layout, which the first convolution then hands on. A single channel lies in both layouts at once and must
    /// be copied to carry the right strides.
    /// </summary>
    protected static Tensor ChannelsLast(Tensor x) =>
        x.size(1) == 1 ? x.clone(MemoryFormat.ChannelsLast) : x.contiguous(MemoryFormat.ChannelsLast);

    /// <summary>
    /// Joins the skip to the input of a decoder block where the block expects it and runs the block. Frees what the block has used up, so that
    /// inference works in few buffers; what gradients need lives on in the graph.
    /// </summary>
    protected static Tensor RunDecoder(UNetBlock block, Tensor x, Stack<Tensor> skips, Tensor embedding)
    {
        if (x.size(1) == block.Inputs)
        {
            return block.Forward(x, embedding);
        }

        using var skip = skips.Pop();
        using var joined = torch.cat([x, skip], 1);
        x.Dispose();
        return block.Forward(joined, embedding);
    }

    /// <summary>Labels, some of them dropped (all zero) in training.</summary>
    protected Tensor DropLabels(Tensor labels)
    {
        if (!training || Options.LabelDropout == 0)
        {
            return labels;
        }

        var kept = torch.rand([labels.size(0), 1], device: labels.device) > Options.LabelDropout;
        return labels * kept.to(labels.dtype);
    }
}
