namespace DiffuSharp.Data;

/// <summary>A picture of a data set: the first images of every class under its name and number of images.</summary>
public static class DatasetPreview
{
    private const int Columns = 8;
    private const int UnlabelledRows = 8;
    private const int MostClasses = 200;
    private const int Cell = 96;
    private const int Gap = 4;
    private const int Scale = 2;
    private const int TextHeight = (TinyFont.Height * Scale) + (2 * Gap);
    private const int RowHeight = Cell + Gap;
    private const byte White = 255;

    /// <summary>Draws the picture; images of any size are brought to cells of 96 pixels by repeating or leaving out pixels.</summary>
    /// <param name="pathOrName">Folder, zip, npz or idx file, or name.</param>
    /// <exception cref="InvalidInputException">No such data set.</exception>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static Image Compose(string pathOrName)
    {
        using var source = ImageSource.Open(pathOrName);
        var groups = Groups(source);
        var rows = groups.Sum(group => TextHeight + (RowHeight * ((group.Images.Count + Columns - 1) / Columns)));
        var canvas = new Image(new ImageShape(3, rows + Gap, (Columns * (Cell + Gap)) + Gap));
        canvas.Pixels.AsSpan().Fill(White);
        var top = 0;
        foreach (var (label, images) in groups)
        {
            TinyFont.Write(canvas, label, top + Gap, Gap, Scale);
            top += TextHeight;
            for (var i = 0; i < images.Count; i++)
            {
                Draw(source, images[i], canvas, top + (i / Columns * RowHeight), Gap + (i % Columns * (Cell + Gap)));
            }

            top += RowHeight * ((images.Count + Columns - 1) / Columns);
        }

        return canvas;
    }

    private static List<(string Label, IReadOnlyList<int> Images)> Groups(IImageSource source)
    {
        if (source.Labels?.Class(0) is null)
        {
            return [($"{source.Name}: {source.Count} images", [.. Enumerable.Range(0, Math.Min(source.Count, UnlabelledRows * Columns))])];
        }

        var labels = source.Labels;
        var counts = new int[labels.Count];
        var first = new List<int>[labels.Count];
        for (var i = 0; i < labels.Images; i++)
        {
            var k = labels.Class(i)!.Value;
            if (counts[k]++ < Columns)
            {
                (first[k] ??= []).Add(i);
            }
        }

        var shown = Enumerable.Range(0, Math.Min(labels.Count, MostClasses))
            .Select(k => ($"{k} {labels.Names?[k]}".TrimEnd() + $": {counts[k]}", (IReadOnlyList<int>)(first[k] ?? []))).ToList();
        if (labels.Count > MostClasses)
        {
            shown.Add(($"and {labels.Count - MostClasses} classes more", []));
        }

        return shown;
    }

    // What cannot be read stays white; the inspection names it.
    private static void Draw(IImageSource source, int index, Image canvas, int top, int left)
    {
        Image image;
        try
        {
            image = PixelConversion.ToImage(source.Read(index), out _);
        }
        catch (InvalidDataException)
        {
            return;
        }

        var (h, w) = (image.Shape.Height, image.Shape.Width);
        var side = Math.Max(h, w);
        var (height, width) = (Math.Max(1, h * Cell / side), Math.Max(1, w * Cell / side));
        for (var c = 0; c < canvas.Shape.Channels; c++)
        {
            var from = image.Plane(Math.Min(c, image.Shape.Channels - 1));
            var to = canvas.Plane(c);
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    to[((top + y) * canvas.Shape.Width) + left + x] = from[(y * h / height * w) + (x * w / width)];
                }
            }
        }
    }
}
