using System.IO.Compression;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Data;

/// <summary>A new zip file (stored entries) or folder of files, whole or not there.</summary>
internal static class DatasetDestination
{
    private static readonly DateTimeOffset s_timestamp = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Takes one file of the data set.</summary>
    public delegate void AddFile(string name, ReadOnlySpan<byte> content);

    /// <summary>Refuses a destination that would overwrite other people's files.</summary>
    public static void Check(string path)
    {
        if (IsZip(path) ? Directory.Exists(path) : File.Exists(path))
        {
            throw new InvalidInputException($"{path}: exists and is not of that kind; name a .zip file or a new folder");
        }

        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new InvalidInputException($"{path}: the folder is not empty; name a new one");
        }
    }

    /// <summary>Creates the destination from what <paramref name="write"/> adds; a failure leaves nothing behind.</summary>
    public static void Write(string path, Action<AddFile> write)
    {
        Check(path);
        if (IsZip(path))
        {
            AtomicFile.Write(path, stream => WriteZip(stream, write));
        }
        else
        {
            WriteFolder(path, write);
        }
    }

    private static bool IsZip(string path) => string.Equals(Path.GetExtension(path), ".zip", StringComparison.OrdinalIgnoreCase);

    private static void WriteZip(Stream stream, Action<AddFile> write)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        write((name, content) =>
        {
            var entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
            entry.LastWriteTime = s_timestamp;
            using var target = entry.Open();
            target.Write(content);
        });
    }

    private static void WriteFolder(string path, Action<AddFile> write) => AtomicFolder.Write(path, folder => write((name, content) =>
    {
        var file = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var target = File.Create(file);
        target.Write(content);
    }));
}
