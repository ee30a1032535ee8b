namespace DiffuSharp.Data;

/// <summary>From a file's samples to 8-bit planes, by the rules stated at <see cref="ImageChanges"/>.</summary>
public static class PixelConversion
{
    /// <summary>Rounds 16-bit samples to 8 bits, composites alpha on white and splits the channels into planes.</summary>
    /// <param name="raw">Grey, RGB or RGBA, 8 or 16 bits.</param>
    /// <param name="changes">What this changed; an opaque alpha channel is dropped without being a change.</param>
    public static Image ToImage(RawImage raw, out ImageChanges changes)
    {
        changes = raw.BitDepth == 16 ? ImageChanges.DepthReduced : ImageChanges.None;
        var samples = raw.BitDepth == 16 ? Reduce(raw.Samples16) : raw.Samples;
        if (raw.HasAlpha)
        {
            return Composite(raw, samples, ref changes);
        }

        var image = new Image(new ImageShape(raw.Channels, raw.Height, raw.Width));
        for (var c = 0; c < raw.Channels; c++)
        {
            var plane = image.Plane(c);
            for (int i = 0, at = c; i < plane.Length; i++, at += raw.Channels)
            {
                plane[i] = samples[at];
            }
        }

        return image;
    }

    /// <summary>ITU-R BT.601 luma of an RGB image; a grey image is returned as it is.</summary>
    /// <param name="image">Grey or RGB.</param>
    public static Image ToGrey(Image image)
    {
        if (image.Shape.Channels == 1)
        {
            return image;
        }

        var grey = new Image(image.Shape with { Channels = 1 });
        ReadOnlySpan<byte> r = image.Plane(0), g = image.Plane(1), b = image.Plane(2);
        for (var i = 0; i < grey.Pixels.Length; i++)
        {
            grey.Pixels[i] = (byte)(((299 * r[i]) + (587 * g[i]) + (114 * b[i]) + 500) / 1000);
        }

        return grey;
    }

    /// <summary>Repeats grey into three channels; an RGB image is returned as it is.</summary>
    /// <param name="image">Grey or RGB.</param>
    public static Image ToRgb(Image image)
    {
        if (image.Shape.Channels == 3)
        {
            return image;
        }

        var rgb = new Image(image.Shape with { Channels = 3 });
        for (var c = 0; c < 3; c++)
        {
            image.Pixels.CopyTo(rgb.Plane(c));
        }

        return rgb;
    }

    private static byte[] Reduce(ReadOnlySpan<ushort> samples)
    {
        var reduced = new byte[samples.Length];
        for (var i = 0; i < reduced.Length; i++)
        {
            reduced[i] = (byte)((samples[i] + 128) / 257);
        }

        return reduced;
    }

    private static Image Composite(RawImage raw, ReadOnlySpan<byte> samples, ref ImageChanges changes)
    {
        var image = new Image(new ImageShape(3, raw.Height, raw.Width));
        for (var c = 0; c < 3; c++)
        {
            var plane = image.Plane(c);
            for (var i = 0; i < plane.Length; i++)
            {
                int alpha = samples[(4 * i) + 3];
                plane[i] = (byte)(((samples[(4 * i) + c] * alpha) + (255 * (255 - alpha)) + 127) / 255);
                if (alpha != 255)
                {
                    changes |= ImageChanges.AlphaComposited;
                }
            }
        }

        return image;
    }
}
