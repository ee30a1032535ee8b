namespace DiffuSharp.Data;

/// <summary>Decides what kind of data set a path or name is.</summary>
internal static class ImageSource
{
    /// <summary>Opens a folder, a zip file, an npz file of samples, an idx file (.gz or plain) or a data set known by name.</summary>
    /// <exception cref="InvalidInputException">There is no such thing.</exception>
    /// <exception cref="InvalidDataException">It is there but broken.</exception>
    public static IImageSource Open(string pathOrName) => pathOrName switch
    {
        FashionMnist.TrainingName => FashionMnist.Open(test: false),
        FashionMnist.TestName => FashionMnist.Open(test: true),
        _ when Directory.Exists(pathOrName) => OverFiles(new FolderFileSource(pathOrName)),
        _ when !File.Exists(pathOrName) => throw new InvalidInputException(
            $"{pathOrName}: no such file, folder or known data set (fashion-mnist, fashion-mnist:test); check the name"),
        _ when NpzImageSource.IsNpz(pathOrName) => new NpzImageSource(pathOrName),
        _ when IsZip(pathOrName) => OverFiles(new ZipFileSource(pathOrName)),
        _ => new IdxImageSource(pathOrName),
    };

    /// <summary>A known name as it is, a path from the root on.</summary>
    public static string FullName(string pathOrName) =>
        pathOrName is FashionMnist.TrainingName or FashionMnist.TestName ? pathOrName : Path.GetFullPath(pathOrName);

    private static bool IsZip(string path)
    {
        if (string.Equals(Path.GetExtension(path), ".zip", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        using var file = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[2];
        return file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 'P' && magic[1] == 'K';
    }

    private static EncodedImageSource OverFiles(IFileSource files)
    {
        try
        {
            return new EncodedImageSource(files);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }
}
