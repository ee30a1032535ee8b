using DiffuSharp.Metrics.Resizing;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Features;

/// <summary>From 8-bit images to the input of a feature network, as its protocol says.</summary>
public static class FeatureInput
{
    /// <summary>Channels, size, then range.</summary>
    /// <param name="protocol">What the network takes.</param>
    /// <param name="pixels">uint8 [N,C,H,W].</param>
    /// <param name="device">Where the network is.</param>
    /// <returns>float32 [N, channels, height, width].</returns>
    /// <exception cref="InvalidInputException">RGB for a grey network, or a size that the protocol does not resize.</exception>
    public static Tensor Prepare(FeatureProtocol protocol, Tensor pixels, Device device)
    {
        if (pixels.dtype != ScalarType.Byte || pixels.ndim != 4)
        {
            throw new ArgumentException($"feature input is {pixels.Describe()}, not 8-bit images [N,C,H,W]", nameof(pixels));
        }

        var channels = pixels.size(1);
        if (channels != protocol.Channels && channels != 1)
        {
            throw new InvalidInputException(
                $"the images have {channels} channels, the features {protocol.Name} take {protocol.Channels}; convert the images or use other features");
        }

        using var scope = torch.NewDisposeScope();
        var values = pixels.to(device, ScalarType.Float32);
        if (protocol is { Height: { } height, Width: { } width })
        {
            values = ImageResize.Apply(values, protocol.Resize, height, width);
        }

        var normalised = (values.expand(-1, protocol.Channels, -1, -1) - PerChannel(protocol.Mean, device)) / PerChannel(protocol.Std, device);
        return normalised.contiguous().MoveToOuterDisposeScope();
    }

    private static Tensor PerChannel(IReadOnlyList<double> values, Device device) =>
        torch.tensor([.. values.Select(v => (float)v)], [1, values.Count, 1, 1], ScalarType.Float32, device);
}
