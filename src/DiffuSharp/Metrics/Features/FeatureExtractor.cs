using DiffuSharp.Metrics.Resizing;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Features;

/// <summary>Opens feature networks of any kind.</summary>
public static class FeatureExtractor
{
    /// <summary>Loads a classifier file (<c>.safetensors</c>), or a TorchScript network <c>NAME.pt</c> with its protocol <c>NAME.pt.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where it runs; the CPU by default.</param>
    /// <param name="resize">How images of another size become those of a classifier; a TorchScript network declares its own rule.</param>
    /// <exception cref="InvalidInputException">A rule is given for a TorchScript network.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is neither; one line.</exception>
    public static IFeatureExtractor Open(string path, Device? device = null, ResizeRule resize = ResizeRule.None)
    {
        if (Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            return ClassifierFeatureExtractor.Open(path, device, resize);
        }

        return resize == ResizeRule.None
            ? ScriptFeatureExtractor.Open(path, device)
            : throw new InvalidInputException($"resize: the protocol of {path} says how images are resized; leave the rule out");
    }
}
