using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Networks.Classifiers;

/// <summary>A network that tells classes of images apart. Images are normalised one by one, so its output does not depend on the batch.</summary>
public abstract class Classifier : Module
{
    /// <summary>Keeps the options.</summary>
    /// <param name="options">Size and structure.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    protected Classifier(ClassifierOptions options)
    {
        options.Validate();
        Options = options;
    }

    /// <summary>Size and structure.</summary>
    public ClassifierOptions Options { get; }

    /// <summary>Where the weights are.</summary>
    public Device Device => named_parameters().First().Value.device;

    /// <summary>Makes the network of the given options with fresh weights.</summary>
    /// <param name="options">Architecture and size.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public static Classifier Create(ClassifierOptions options, ulong seed = 0)
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new Generator(seed);
        return options switch
        {
            ConvolutionalClassifierOptions convolutional => new ConvolutionalClassifier(convolutional, generator),
            MixerClassifierOptions mixer => new MixerClassifier(mixer, generator),
            _ => throw new InvalidInputException($"no classifier for {options.GetType().Name}"),
        };
    }

    /// <summary>Features and logits of images.</summary>
    /// <param name="x">[N,C,H,W] in [−1, 1].</param>
    public abstract ClassifierOutput Forward(Tensor x);
}
