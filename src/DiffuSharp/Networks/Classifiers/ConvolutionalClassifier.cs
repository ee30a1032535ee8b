using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Networks.Classifiers;

/// <summary>
/// A plain convolutional classifier: levels of 3x3 convolutions with group normalisation and SiLU, halved in between by averaging; the mean
/// over the pixels, a dense layer of features, and the logits.
/// </summary>
public sealed class ConvolutionalClassifier : Classifier
{
    private const int Groups = 8;
    private const double Eps = 1e-5;

    private readonly List<List<(Convolution Convolution, GroupNorm Norm)>> _levels = [];
    private readonly Linear _fc;
    private readonly Linear _head;

    /// <summary>Makes the layers.</summary>
    /// <param name="options">Size and structure.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public ConvolutionalClassifier(ConvolutionalClassifierOptions options, Generator generator)
        : base(options)
    {
        var init = new KaimingUniform(generator, Math.Sqrt(2));
        var inputs = options.ImgChannels;
        for (var level = 0; level < options.Channels.Count; level++)
        {
            var layers = new List<(Convolution, GroupNorm)>();
            for (var i = 0; i < options.Convolutions[level]; i++)
            {
                var channels = options.Channels[level];
                layers.Add((
                    register_module($"conv{level}_{i}", new Convolution(init, inputs, channels, 3)),
                    register_module($"norm{level}_{i}", new GroupNorm(Groups, channels, Eps))));
                inputs = channels;
            }

            _levels.Add(layers);
        }

        _fc = register_module("fc", UNetBlock.Dense(init, inputs, options.FeatureDim));
        _head = register_module("head", UNetBlock.Dense(init, options.FeatureDim, options.LabelDim));
    }

    /// <inheritdoc/>
    public override ClassifierOutput Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = x.clone(MemoryFormat.ChannelsLast);
        foreach (var level in _levels)
        {
            x = level == _levels[0] ? x : avg_pool2d(x, 2);
            foreach (var (convolution, norm) in level)
            {
                x = norm.forward(convolution.Forward(x), silu: true);
            }
        }

        var features = _fc.forward(x.mean([2, 3])).silu();
        return new ClassifierOutput(features.MoveToOuterDisposeScope(), _head.forward(features).MoveToOuterDisposeScope());
    }
}
