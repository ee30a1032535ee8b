using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>The unconditional or class-conditional U-Net of the diffusers library, under its parameter names.</summary>
public sealed class UNet2DModel : UNet
{
    private readonly UNet2DModelOptions _options;
    private readonly PositionalEmbedding _time_proj;
    private readonly Convolution _conv_in;
    private readonly Linear _linear_1;
    private readonly Linear _linear_2;
    private readonly Linear? _class_embedding;
    private readonly ModuleDict<UNet2DLevel> _down_blocks = new();
    private readonly ModuleDict<UNet2DLevel> _up_blocks = new();
    private readonly UNet2DLevel _mid_block = new();
    private readonly GroupNorm _conv_norm_out;
    private readonly Convolution _conv_out;

    /// <summary>Makes the layers.</summary>
    /// <param name="options">Size and structure.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public UNet2DModel(UNet2DModelOptions options, int outChannels, Generator generator)
        : base(options)
    {
        _options = options;
        var init = new KaimingUniform(generator, Math.Sqrt(1.0 / 3));
        var first = options.BlockOutChannels[0];
        _time_proj = register_module("time_proj", new PositionalEmbedding(first, endpoint: options.FreqShift == 1));
        _conv_in = register_module("conv_in", new Convolution(init, options.ImgChannels, first, 3));
        var time = register_module("time_embedding", new ModuleDict<Linear>());
        _linear_1 = time.add("linear_1", UNetBlock.Dense(init, first, EmbeddingChannels(options)));
        _linear_2 = time.add("linear_2", UNetBlock.Dense(init, EmbeddingChannels(options), EmbeddingChannels(options)));
        _class_embedding = options.LabelDim > 0
            ? register_module("class_embedding", new Linear(randn([options.LabelDim, EmbeddingChannels(options)], generator), bias: null))
            : null;
        register_module("down_blocks", _down_blocks);
        register_module("up_blocks", _up_blocks);
        register_module("mid_block", _mid_block);
        Encode(init);
        Middle(init);
        Decode(init);
        _conv_norm_out = register_module("conv_norm_out", new GroupNorm(options.NormNumGroups, first, options.NormEps));
        _conv_out = register_module("conv_out", new Convolution(init, first, outChannels, 3));
    }

    /// <summary>Width of the time embedding.</summary>
    public static int EmbeddingChannels(UNet2DModelOptions options) => 4 * options.BlockOutChannels[0];

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Tensor noise, Tensor? labels, Tensor? augmentation)
    {
        using var scope = NewDisposeScope();
        var emb = Embed(noise, labels);
        LayerObserver?.Invoke("time_embedding", emb);
        x = _conv_in.Forward(ChannelsLast(x));
        var skips = new Stack<Tensor>([x]);
        foreach (var (name, level) in _down_blocks.items)
        {
            for (var i = 0; i < level.Resnets.Count; i++)
            {
                skips.Push(x = level.Forward(i, x, emb));
            }

            if (level.Down is { } down)
            {
                skips.Push(x = down.Forward(x));
            }

            LayerObserver?.Invoke($"down_blocks.{name}", x);
        }

        x = _mid_block.Forward(1, _mid_block.Forward(0, x, emb), emb);
        LayerObserver?.Invoke("mid_block", x);
        foreach (var (name, level) in _up_blocks.items)
        {
            x = RunUp(level, x, skips, emb);
            LayerObserver?.Invoke($"up_blocks.{name}", x);
        }

        return _conv_out.Forward(_conv_norm_out.forward(x, silu: true)).MoveToOuterDisposeScope();
    }

    private static Tensor RunUp(UNet2DLevel level, Tensor x, Stack<Tensor> skips, Tensor emb)
    {
        for (var i = 0; i < level.Resnets.Count; i++)
        {
            using var skip = skips.Pop();
            using var joined = cat([x, skip], 1);
            x.Dispose();
            x = level.Forward(i, joined, emb);
        }

        return level.Up is null ? x : level.Up.Forward(x);
    }

    private Tensor Embed(Tensor noise, Tensor? labels)
    {
        var features = _time_proj.Forward(noise);
        if (!_options.FlipSinToCos)
        {
            var cosSin = features.chunk(2, 1);
            features = cat([cosSin[1], cosSin[0]], 1);
        }

        var emb = _linear_2.forward(_linear_1.forward(features).silu());
        if (_class_embedding is not null && labels is not null)
        {
            emb += DropLabels(labels).matmul(_class_embedding.weight);
        }

        return emb.silu();
    }

    private void Encode(Initializer init)
    {
        var channels = _options.BlockOutChannels[0];
        for (var i = 0; i < _options.BlockOutChannels.Count; i++)
        {
            var level = _down_blocks.add($"{i}", new UNet2DLevel());
            for (var j = 0; j < _options.LayersPerBlock; j++)
            {
                Add(level, init, channels, _options.BlockOutChannels[i], _options.DownBlockTypes[i] == "AttnDownBlock2D");
                channels = _options.BlockOutChannels[i];
            }

            if (i < _options.BlockOutChannels.Count - 1)
            {
                level.End(new Downsampler(init, channels, _options.DownsamplePadding));
            }
        }
    }

    private void Middle(Initializer init)
    {
        var channels = _options.BlockOutChannels[^1];
        var scale = _options.MidBlockScaleFactor;
        _mid_block.Add(new ResnetBlock(init, _options, channels, channels, scale));
        if (_options.AddAttention)
        {
            _mid_block.Add(new SpatialAttention(init, _options, channels, _options.MidAttentionGroups, scale));
        }

        _mid_block.Add(new ResnetBlock(init, _options, channels, channels, scale));
    }

    private void Decode(Initializer init)
    {
        var sizes = _options.BlockOutChannels.Reverse().ToArray();
        var channels = sizes[0];
        for (var i = 0; i < sizes.Length; i++)
        {
            var level = _up_blocks.add($"{i}", new UNet2DLevel());
            for (var j = 0; j <= _options.LayersPerBlock; j++)
            {
                var skip = j == _options.LayersPerBlock ? sizes[Math.Min(i + 1, sizes.Length - 1)] : sizes[i];
                Add(level, init, channels + skip, sizes[i], _options.UpBlockTypes[i] == "AttnUpBlock2D");
                channels = sizes[i];
            }

            if (i < sizes.Length - 1)
            {
                level.End(new Upsampler(init, channels));
            }
        }
    }

    private void Add(UNet2DLevel level, Initializer init, int inputs, int outputs, bool attention)
    {
        level.Add(new ResnetBlock(init, _options, inputs, outputs));
        if (attention)
        {
            level.Add(new SpatialAttention(init, _options, outputs, _options.NormNumGroups));
        }
    }
}
