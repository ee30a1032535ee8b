using System.Security.Cryptography;
using System.Text;
using DiffuSharp.Torch.IO;

namespace DiffuSharp;

/// <summary>
/// The sole right to write a folder or a file: a hidden file, held open and locked. The system takes the lock back when the process ends,
/// however it ends. The file is removed in the end.
/// </summary>
public sealed class WriterLock : IDisposable
{
    private const string Name = ".diffusharp.lock";

    private readonly LockFile _file;
    private readonly IReadOnlyList<string> _made;

    private WriterLock(LockFile file, IReadOnlyList<string> made) => (_file, _made) = (file, made);

    /// <summary>Takes a folder, which is made if it is not there, and removed if it was made and stayed empty.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="InvalidInputException">Another process writes into it, or a file has that name.</exception>
    public static WriterLock Folder(string path) => File.Exists(path)
        ? throw new InvalidInputException($"{path}: is a file; name a folder")
        : Take(path, Path.GetFullPath(path), folder => Path.Combine(folder, Name));

    /// <summary>Takes a file, or a folder that is written as a whole, be it there or not.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">Another process writes it.</exception>
    public static WriterLock Whole(string path)
    {
        var full = FinalPath.Of(path);
        var folder = Path.GetDirectoryName(full) ?? throw new InvalidInputException($"{path}: not a name that can be written");
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(full))).AsSpan(0, 8));
        return Take(path, folder, parent => TemporaryName.Lock(parent, key));
    }

    /// <summary>Gives the right back.</summary>
    public void Dispose()
    {
        _file.Dispose();
        try
        {
            foreach (var folder in _made)
            {
                Directory.Delete(folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Something was written, as it should be.
        }
    }

    private static WriterLock Take(string path, string folder, Func<string, string> name)
    {
        var made = DurableFolder.Create(folder);
        if (LockFile.TryTake(name(folder)) is { } file)
        {
            TemporaryName.SweepOnce(folder);
            return new WriterLock(file, made);
        }

        throw new InvalidInputException($"{path}: another process writes it; wait for its end or name another");
    }
}
