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

        using var scope = torch.NewDisposeScope();
        return Normalised(protocol, pixels.to(device, ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    /// <summary>The same for images that are not quantised, differentiable: 127.5 x + 127.5 in the place of bytes, limited with a gradient of 1.</summary>
    /// <param name="protocol">What the network takes.</param>
    /// <param name="images">[N,C,H,W], [−1, 1].</param>
    /// <param name="device">Where the network is.</param>
    /// <returns>float32 [N, channels, height, width].</returns>
    /// <exception cref="InvalidInputException">RGB for a grey network, or a size that the protocol does not resize.</exception>
    public static Tensor Differentiable(FeatureProtocol protocol, Tensor images, Device device)
    {
        using var scope = torch.NewDisposeScope();
        var values = (StraightThrough.Clip(images.to(device, ScalarType.Float32)) + 1) * 127.5;
        return Normalised(protocol, values).MoveToOuterDisposeScope();
    }

    private static Tensor Normalised(FeatureProtocol protocol, Tensor values)
    {
        var channels = values.size(1);
        if (channels != protocol.Channels && channels != 1)
        {
            throw new InvalidInputException(
                $"the images have {channels} channels, the features {protocol.Name} take {protocol.Channels}; convert the images or use other features");
        }

        if (protocol is { Height: { } height, Width: { } width })
        {
            values = ImageResize.Apply(values, protocol.Resize, height, width);
        }

        var centred = values.expand(-1, protocol.Channels, -1, -1) - PerChannel(protocol.Mean, values.device);
        return (centred / PerChannel(protocol.Std, values.device)).contiguous();
    }

    private static Tensor PerChannel(IReadOnlyList<double> values, Device device) =>
        torch.tensor([.. values.Select(v => (float)v)], [1, values.Count, 1, 1], ScalarType.Float32, device);
}
