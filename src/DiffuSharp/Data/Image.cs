namespace DiffuSharp.Data;

/// <summary>
/// An 8-bit grey or RGB image in planes [C, H, W], the layout of tensors and data sets: the value of channel c, row y, column x
/// is <c>Pixels[(c·H + y)·W + x]</c>.
/// </summary>
public sealed class Image
{
    /// <summary>Wraps pixels without copying them.</summary>
    /// <param name="shape">Channels 1 or 3; height and width at least 1.</param>
    /// <param name="pixels">C·H·W values.</param>
    public Image(ImageShape shape, byte[] pixels)
    {
        if (shape.Channels is not (1 or 3) || shape.Height < 1 || shape.Width < 1)
        {
            throw new ArgumentException($"shape: {shape} is neither grey nor RGB");
        }

        if (pixels.Length != shape.Count)
        {
            throw new ArgumentException($"pixels: {pixels.Length} values do not make {shape}");
        }

        (Shape, Pixels) = (shape, pixels);
    }

    /// <summary>A black image.</summary>
    /// <param name="shape">Channels 1 or 3; height and width at least 1.</param>
    public Image(ImageShape shape)
        : this(shape, new byte[shape.Count])
    {
    }

    /// <summary>Channels, height, width.</summary>
    public ImageShape Shape { get; }

    /// <summary>Values in planes [C, H, W].</summary>
    public byte[] Pixels { get; }

    /// <summary>One channel's rows.</summary>
    /// <param name="channel">0 to C-1.</param>
    public Span<byte> Plane(int channel)
    {
        var size = Shape.Height * Shape.Width;
        return Pixels.AsSpan(channel * size, size);
    }

    /// <summary>Interleaves the planes into rows of grey or RGB samples.</summary>
    public RawImage ToRaw()
    {
        var channels = Shape.Channels;
        var samples = new byte[Pixels.Length];
        for (var c = 0; c < channels; c++)
        {
            ReadOnlySpan<byte> plane = Plane(c);
            for (int i = 0, at = c; i < plane.Length; i++, at += channels)
            {
                samples[at] = plane[i];
            }
        }

        return new RawImage(Shape.Width, Shape.Height, channels, 8, samples);
    }
}
