using System.Globalization;
using System.Text.RegularExpressions;
using DiffuSharp.Data;
using DiffuSharp.Sampling;

namespace DiffuSharp.Cli.Commands;

/// <summary>
/// Writes samples as EDM names them: <c>000007.png</c>, or <c>012000/012345.png</c> with sub-folders; and how they were made, as <c>samples.json</c>.
/// Images of another run are not mixed with them.
/// </summary>
internal sealed partial class SampleFolder(string outdir, bool subdirs, bool grid, IReadOnlyList<string>? classNames = null) : IDisposable
{
    private const int GridImages = 64;

    private readonly List<Image> _shown = [];
    private readonly SortedDictionary<string, RecordedImage> _images = new(StringComparer.Ordinal);
    private WriterLock? _hold;
    private SampleRecord _record = null!;
    private bool _isBegun;

    /// <summary>Makes the folder and takes it, so that a name that cannot be one, or that another process writes to, is found before the work.</summary>
    /// <param name="record">How the images are made.</param>
    /// <param name="overwrite">Whether images of another run that are there go.</param>
    /// <exception cref="InvalidInputException">A file has that name, another process writes there, or it holds images of another run.</exception>
    public void Prepare(SampleRecord record, bool overwrite)
    {
        if (File.Exists(outdir))
        {
            throw new InvalidInputException($"--outdir {outdir}: is a file; name a folder");
        }

        _hold = WriterLock.Folder(outdir);
        _record = record;
        var earlier = SampleRecord.Read(outdir);
        string[] there = [.. Earlier()];
        if (record.IsSameRun(earlier))
        {
            foreach (var image in earlier!.Images.Where(image => File.Exists(Path.Combine(outdir, image.File))))
            {
                _images[image.File] = image;
            }
        }
        else if (there.Length > 0)
        {
            Replace(there, overwrite);
        }
    }

    public void Write(IReadOnlyList<GeneratedImage> batch)
    {
        if (!_isBegun)
        {
            (_record with { Images = [.. _images.Values] }).Write(outdir);
            _isBegun = true;
        }

        foreach (var (seed, label, image) in batch)
        {
            var entry = Entry(seed, label);
            _record.WriteImage(outdir, entry, image);
            _images[entry.File] = entry;
            if (grid && _shown.Count < GridImages)
            {
                _shown.Add(image);
            }
        }
    }

    /// <summary>The file of a seed's image.</summary>
    public static string FileOf(string outdir, bool subdirs, long seed) => Path.Combine(outdir, NameOf(subdirs, seed));

    /// <summary>Writes the record and the grid.</summary>
    public SampleFiles Finish()
    {
        (_record with { Images = [.. _images.Values] }).Write(outdir);
        if (!grid)
        {
            return new SampleFiles(outdir, Grid: null);
        }

        var path = Path.Combine(outdir, "grid.png");
        ImageFile.Write(path, ImageGrid.Compose(_shown));
        return new SampleFiles(outdir, path);
    }

    /// <summary>Gives the folder back.</summary>
    public void Dispose() => _hold?.Dispose();

    private RecordedImage Entry(long seed, int? label) => new(NameOf(subdirs, seed), seed, label, label is { } k ? classNames?[k] : null);

    private static string NameOf(bool subdirs, long seed) => subdirs
        ? string.Create(CultureInfo.InvariantCulture, $"{seed - (seed % 1000):D6}/{seed:D6}.png")
        : string.Create(CultureInfo.InvariantCulture, $"{seed:D6}.png");

    private void Replace(string[] there, bool overwrite)
    {
        if (!overwrite)
        {
            _hold!.Dispose();
            throw new InvalidInputException(
                $"--outdir {outdir}: holds {there.Count(IsImage)} images of an earlier run made otherwise; name another folder, or --overwrite to replace them");
        }

        foreach (var path in there)
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
    }

    // What a run writes, where there are samples: the images, the pictures made of them, and the sets of smaller budgets.
    private string[] Earlier()
    {
        string[] images =
        [
            .. Directory.EnumerateFiles(outdir, "*.png").Where(IsImage),
            .. Directory.EnumerateDirectories(outdir).Where(folder => Number().IsMatch(Path.GetFileName(folder)))
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*.png")).Where(IsImage),
        ];
        return images.Length == 0
            ? []
            : [.. images, .. Directory.EnumerateFileSystemEntries(outdir).Where(path => Beside().IsMatch(Path.GetFileName(path)))];
    }

    private static bool IsImage(string path) => Sample().IsMatch(Path.GetFileName(path));

    [GeneratedRegex(@"^[0-9]{6,}\.png$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sample();

    [GeneratedRegex("^[0-9]{6,}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();

    [GeneratedRegex(
        @"^(grid\.png|before-after\.png|improvements\.png|samples\.json|search\.json|budget-[0-9]{6,}(\.npz)?)$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Beside();
}
