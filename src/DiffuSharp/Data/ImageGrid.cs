namespace DiffuSharp.Data;

/// <summary>Pictures of many images side by side.</summary>
public static class ImageGrid
{
    /// <summary>Arranges images row by row on black.</summary>
    /// <param name="images">At least one, all of one shape.</param>
    /// <param name="columns">Images per row; the last row may be shorter.</param>
    /// <param name="padding">Black pixels between images and around them: 0 (the usual sample grid) or, say, 2.</param>
    public static Image Compose(IReadOnlyList<Image> images, int columns = 8, int padding = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(images.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        var shape = images[0].Shape;
        columns = Math.Min(columns, images.Count);
        var rows = (images.Count + columns - 1) / columns;
        var grid = new Image(new ImageShape(
            shape.Channels,
            (rows * (shape.Height + padding)) + padding,
            (columns * (shape.Width + padding)) + padding));
        for (var i = 0; i < images.Count; i++)
        {
            if (images[i].Shape != shape)
            {
                throw new ArgumentException($"images: image {i} is {images[i].Shape}, the first is {shape}");
            }

            var top = padding + (i / columns * (shape.Height + padding));
            var left = padding + (i % columns * (shape.Width + padding));
            Paste(images[i], grid, top, left);
        }

        return grid;
    }

    /// <summary>Copies an image into a larger one of the same channels.</summary>
    internal static void Paste(Image image, Image canvas, int top, int left)
    {
        var width = image.Shape.Width;
        for (var c = 0; c < image.Shape.Channels; c++)
        {
            ReadOnlySpan<byte> from = image.Plane(c);
            var to = canvas.Plane(c);
            for (var y = 0; y < image.Shape.Height; y++)
            {
                from.Slice(y * width, width).CopyTo(to[(((top + y) * canvas.Shape.Width) + left)..]);
            }
        }
    }
}
