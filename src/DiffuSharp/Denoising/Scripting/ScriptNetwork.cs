using DiffuSharp.Torch;

namespace DiffuSharp.Denoising.Scripting;

/// <summary>A TorchScript module as raw network.</summary>
internal sealed class ScriptNetwork(ScriptModule module, ScriptSignature signature, Device device) : INetwork
{
    /// <inheritdoc/>
    public ImageShape Shape => new(signature.ImgChannels, signature.ImgHeight, signature.ImgWidth);

    /// <inheritdoc/>
    public int LabelDim => signature.LabelDim;

    /// <inheritdoc/>
    public Device Device => device;

    /// <inheritdoc/>
    public Tensor Forward(Tensor x, Tensor noise, Tensor? labels, Tensor? augmentation)
    {
        using var scope = torch.NewDisposeScope();
        var level = signature.IntegerNoise ? (noise + 0.5).floor().to(ScalarType.Int64) : noise.contiguous();
        var output = labels is null ? module.forward(x, level) : module.forward(x, level, Classes(labels));
        return output.MoveToOuterDisposeScope();
    }

    private Tensor Classes(Tensor labels)
    {
        if (signature.Labels == ScriptLabels.OneHot)
        {
            return labels;
        }

        var index = labels.argmax(1);
        var none = labels.abs().sum([1]).eq(torch.zeros([1], device: device));
        if (signature.NoClassIndex is { } noClass)
        {
            return torch.where(none, (index * 0L) + noClass, index);
        }

        return none.to(ScalarType.Float32).sum().ToDouble() == 0
            ? index
            : throw new InvalidInputException("the TorchScript network knows no image without class: give a class, or no_class_index in its description");
    }
}
