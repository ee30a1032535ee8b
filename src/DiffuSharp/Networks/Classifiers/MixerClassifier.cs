using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Networks.Classifiers;

/// <summary>
/// Patches, then blocks of depthwise and pointwise convolutions at one resolution (ConvMixer, Trockman and Kolter 2022). It is built
/// differently from <see cref="ConvolutionalClassifier"/> on purpose: what was optimised against one is checked with the other.
/// </summary>
public sealed class MixerClassifier : Classifier
{
    private readonly int _patch;
    private readonly Parameter _stem;
    private readonly ModuleDict<MixerBlock> _blocks = new();
    private readonly Linear _head;

    /// <summary>Makes the layers.</summary>
    /// <param name="options">Size and structure.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public MixerClassifier(MixerClassifierOptions options, Generator generator)
        : base(options)
    {
        var init = new KaimingUniform(generator);
        var channels = options.FeatureDim;
        _patch = options.Patch;
        _stem = register_parameter("stem", init.Draw([channels, options.ImgChannels, _patch, _patch], hasBias: false).Weight);
        register_module("blocks", _blocks);
        for (var i = 0; i < options.Depth; i++)
        {
            _blocks.add($"{i}", new MixerBlock(init, channels, options.Kernel));
        }

        _head = register_module("head", UNetBlock.Dense(init, channels, options.LabelDim));
    }

    /// <inheritdoc/>
    public override ClassifierOutput Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = conv2d(x.clone(MemoryFormat.ChannelsLast), _stem, stride: _patch);
        foreach (var (_, block) in _blocks.items)
        {
            x = block.Forward(x);
        }

        var features = x.mean([2, 3]);
        return new ClassifierOutput(features.MoveToOuterDisposeScope(), _head.forward(features).MoveToOuterDisposeScope());
    }
}
