namespace DiffuSharp.Data;

/// <summary>Applies a <see cref="DatasetTransform"/> to one image.</summary>
internal static class ImageTransform
{
    /// <summary>The image at the resolution, or null where the transform leaves it out.</summary>
    public static Image? Apply(Image image, DatasetTransform transform, int height, int width, ref ImageChanges changes) =>
        transform switch
        {
            DatasetTransform.CenterCrop => Square(image, height, width, ref changes),
            DatasetTransform.CenterCropWide => Wide(image, height, width, ref changes),
            DatasetTransform.CenterCropDhariwal => Dhariwal(image, width, ref changes),
            _ => Resize(image, height, width, ResampleFilter.Lanczos, ref changes),
        };

    private static Image Square(Image image, int height, int width, ref ImageChanges changes)
    {
        var side = Math.Min(image.Shape.Height, image.Shape.Width);
        var square = Crop(image, side, side, ref changes);
        return Resize(square, height, width, ResampleFilter.Lanczos, ref changes);
    }

    private static Image? Wide(Image image, int height, int width, ref ImageChanges changes)
    {
        var rows = (int)Math.Round((double)height * image.Shape.Width / width);
        if (image.Shape.Width < width || rows < height || image.Shape.Height < rows)
        {
            return null;
        }

        var wide = Resize(Crop(image, rows, image.Shape.Width, ref changes), height, width, ResampleFilter.Lanczos, ref changes);
        if (height == width)
        {
            return wide;
        }

        var canvas = new Image(wide.Shape with { Height = width });
        ImageGrid.Paste(wide, canvas, (width - height) / 2, 0);
        changes |= ImageChanges.Letterboxed;
        return canvas;
    }

    private static Image Dhariwal(Image image, int side, ref ImageChanges changes)
    {
        while (Math.Min(image.Shape.Height, image.Shape.Width) >= 2 * side)
        {
            image = Resize(image, image.Shape.Height / 2, image.Shape.Width / 2, ResampleFilter.Box, ref changes);
        }

        var scale = (double)side / Math.Min(image.Shape.Height, image.Shape.Width);
        var height = (int)Math.Round(image.Shape.Height * scale);
        var width = (int)Math.Round(image.Shape.Width * scale);
        image = Resize(image, height, width, ResampleFilter.Bicubic, ref changes);
        return Crop(image, side, side, ref changes);
    }

    private static Image Resize(Image image, int height, int width, ResampleFilter filter, ref ImageChanges changes)
    {
        if (image.Shape.Height == height && image.Shape.Width == width)
        {
            return image;
        }

        changes |= (long)height * width < (long)image.Shape.Height * image.Shape.Width ? ImageChanges.Shrunk : ImageChanges.Enlarged;
        return Resampler.Resize(image, height, width, filter);
    }

    private static Image Crop(Image image, int height, int width, ref ImageChanges changes)
    {
        var shape = image.Shape;
        if (shape.Height == height && shape.Width == width)
        {
            return image;
        }

        changes |= ImageChanges.Cropped;
        int top = (shape.Height - height) / 2, left = (shape.Width - width) / 2;
        var result = new Image(new ImageShape(shape.Channels, height, width));
        for (var c = 0; c < shape.Channels; c++)
        {
            for (var y = 0; y < height; y++)
            {
                image.Plane(c).Slice(((top + y) * shape.Width) + left, width).CopyTo(result.Plane(c)[(y * width)..]);
            }
        }

        return result;
    }
}
