using DiffuSharp.Data;
using DiffuSharp.Sampling;

namespace DiffuSharp.Cli.Commands;

/// <summary>Writes samples as EDM names them: <c>000007.png</c>, or <c>012000/012345.png</c> with sub-folders.</summary>
internal sealed class SampleFolder(string outdir, bool subdirs, bool grid) : IDisposable
{
    private const int GridImages = 64;

    private readonly List<Image> _shown = [];
    private WriterLock? _hold;

    /// <summary>Makes the folder and takes it, so that a name that cannot be one, or that another process writes to, is found before the work.</summary>
    /// <exception cref="InvalidInputException">A file has that name, or another process writes there.</exception>
    public void Prepare()
    {
        if (!ImageCodecs.IsAvailable)
        {
            throw new CodecsUnavailableException(ImageCodecs.Description);
        }

        if (File.Exists(outdir))
        {
            throw new InvalidInputException($"--outdir {outdir}: is a file; name a folder");
        }

        _hold = WriterLock.Folder(outdir);
    }

    public void Write(IReadOnlyList<GeneratedImage> batch)
    {
        foreach (var (seed, _, image) in batch)
        {
            ImageFile.Write(FileOf(outdir, subdirs, seed), image);
            if (grid && _shown.Count < GridImages)
            {
                _shown.Add(image);
            }
        }
    }

    /// <summary>The file of a seed's image.</summary>
    public static string FileOf(string outdir, bool subdirs, long seed) =>
        Path.Combine(subdirs ? Path.Combine(outdir, $"{seed - (seed % 1000):D6}") : outdir, $"{seed:D6}.png");

    /// <summary>Writes the grid.</summary>
    public SampleFiles Finish()
    {
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
}
