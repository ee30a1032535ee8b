namespace DiffuSharp.Cli.Commands;

/// <summary>The files of one run of <c>tune</c>.</summary>
internal sealed class TuneFolder : IDisposable
{
    private readonly string _path;
    private readonly WriterLock _hold;

    /// <summary>Takes a folder.</summary>
    /// <param name="path">Made if it is not there.</param>
    /// <param name="resume">Whether a run in it goes on.</param>
    /// <exception cref="InvalidInputException">It holds a run that is not to go on, or none that could, or another process tunes there.</exception>
    public TuneFolder(string path, bool resume)
    {
        _path = path;
        _hold = WriterLock.Folder(path);
        if (File.Exists(State) != resume)
        {
            Dispose();
            throw new InvalidInputException(resume
                ? $"{path}: holds no tuning run to resume; check --outdir"
                : $"{path}: already holds a tuning run; go on with --resume or name another folder with --outdir");
        }
    }

    /// <summary>The learned sampler.</summary>
    public string Sampler => Path.Combine(_path, "learned.sampler.json");

    /// <summary>The state from which the run goes on.</summary>
    public string State => Path.Combine(_path, "tuning-state.safetensors");

    /// <summary>History, levels and coefficients beside those of the base.</summary>
    public string Report => Path.Combine(_path, "tune.json");

    /// <summary>The plot, where no other is asked for.</summary>
    public string Plot => Path.Combine(_path, "tune.html");

    /// <summary>Gives the folder back.</summary>
    public void Dispose() => _hold.Dispose();
}
