namespace DiffuSharp.Data;

/// <summary>What a conversion made and what it changed.</summary>
public sealed record DatasetConversionReport
{
    private static readonly (ImageChanges Change, string Text)[] s_texts =
    [
        (ImageChanges.DepthReduced, "rounded from 16 to 8 bits: round(v / 257)"),
        (ImageChanges.AlphaComposited, "with transparency composited on white"),
        (ImageChanges.ColourRemoved, "turned from RGB to grey: 0.299 R + 0.587 G + 0.114 B"),
        (ImageChanges.GreyRepeated, "turned from grey to RGB by repeating the channel"),
        (ImageChanges.Cropped, "cropped around the centre"),
        (ImageChanges.Shrunk, "resampled to fewer pixels"),
        (ImageChanges.Enlarged, "resampled to more pixels"),
        (ImageChanges.Letterboxed, "given black bars above and below"),
    ];

    /// <summary>Images written.</summary>
    public required int Images { get; init; }

    /// <summary>Images left out because they have too few pixels for the transform.</summary>
    public required int Skipped { get; init; }

    /// <summary>Shape of every image written.</summary>
    public required ImageShape Shape { get; init; }

    /// <summary>Length of a label; 0 without labels.</summary>
    public required int LabelCount { get; init; }

    /// <summary>Names of the classes, where known.</summary>
    public required IReadOnlyList<string>? LabelNames { get; init; }

    /// <summary>For each kind of change, in how many of the written images it was made; kinds that did not occur are absent.</summary>
    public required IReadOnlyDictionary<ImageChanges, int> Changes { get; init; }

    /// <summary>Files of the source that are no images of the set, by reason.</summary>
    public IReadOnlyList<LeftOutFiles> LeftOut { get; init; } = [];

    /// <summary>The report in sentences, one line each.</summary>
    public IReadOnlyList<string> Explain()
    {
        var lines = new List<string>
        {
            $"{Images} images of {Shape} written, " + (LabelCount == 0 ? "without labels" : $"with labels of length {LabelCount}"),
        };
        lines.AddRange(s_texts.Where(t => Changes.ContainsKey(t.Change)).Select(t => $"{Changes[t.Change]} of {Images} {t.Text}"));
        if (Changes.Count == 0)
        {
            lines.Add("every pixel is kept");
        }

        if (Skipped > 0)
        {
            lines.Add($"{Skipped} left out: too few pixels for the resolution");
        }

        lines.AddRange(LeftOut.Select(files => $"left out {files}"));

        return lines;
    }
}
