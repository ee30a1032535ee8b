namespace DiffuSharp.Training;

/// <summary>
/// The sole right to write into a run directory: its file <c>.lock</c>, held open. The system gives it back when the process ends,
/// however it ends; the file stays.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes the lock and removes the temporary files that a killed process left.</summary>
    /// <exception cref="InvalidInputException">Another run writes into the directory.</exception>
    public static RunLock Take(RunDirectory directory)
    {
        var held = new RunLock(Open(directory));
        foreach (var remnant in Directory.EnumerateFiles(directory.Path, ".*.tmp"))
        {
            File.Delete(remnant);
        }

        return held;
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _file.Dispose();

    private static FileStream Open(RunDirectory directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory.Path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (FileError.IsInUse(error))
        {
            throw new InvalidInputException(
                $"{directory.Path}: another process trains in this directory; wait for its end or start a run of its own");
        }
    }
}
