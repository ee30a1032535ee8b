using System.Globalization;
using System.Text.RegularExpressions;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Training;

/// <summary>
/// The folder of a training run: <c>00000-name/</c> with <c>training_options.json</c>, <c>log.txt</c>, <c>stats.jsonl</c>,
/// <c>network-snapshot-NNNNNN.safetensors</c>, <c>fakes-NNNNNN.png</c> and <c>training-state-NNNNNN.safetensors</c>, where
/// NNNNNN is the thousands of images seen.
/// </summary>
public sealed partial class RunDirectory
{
    private const string StatePrefix = "training-state-";
    private const string StateSuffix = ".safetensors";

    private RunDirectory(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The options of the run.</summary>
    public string OptionsFile => System.IO.Path.Combine(Path, "training_options.json");

    /// <summary>One line of measurements for each tick.</summary>
    public string StatsFile => System.IO.Path.Combine(Path, "stats.jsonl");

    /// <summary>What the run said.</summary>
    public string LogFile => System.IO.Path.Combine(Path, "log.txt");

    /// <summary>Makes the next numbered folder; no two processes get the same number.</summary>
    /// <param name="outdir">Folder of all runs; made if it is not there.</param>
    /// <param name="name">What follows the number.</param>
    public static RunDirectory Create(string outdir, string name)
    {
        Directory.CreateDirectory(outdir);
        var number = 0;
        while (true)
        {
            number = Math.Max(number, Runs(outdir).Select(run => run.Number + 1).DefaultIfEmpty(0).Max());
            var path = System.IO.Path.Combine(outdir, string.Create(CultureInfo.InvariantCulture, $"{number:D5}-{name}"));
            if (TryCreate(outdir, number, path))
            {
                return new(path);
            }

            number++;
        }
    }

    /// <summary>Takes a folder as it is, without a numbered folder in it.</summary>
    /// <exception cref="InvalidInputException">It already holds a run.</exception>
    public static RunDirectory CreateIn(string path)
    {
        var run = new RunDirectory(path);
        Directory.CreateDirectory(path);
        return File.Exists(run.OptionsFile)
            ? throw new InvalidInputException($"{path}: already holds a run; continue it with --resume {path} or name another folder")
            : run;
    }

    /// <summary>Opens the folder of an earlier run.</summary>
    /// <param name="path">The folder, or a training state in it.</param>
    /// <exception cref="InvalidInputException">There is no run.</exception>
    public static RunDirectory Open(string path)
    {
        var isFile = File.Exists(path);
        var run = new RunDirectory(isFile ? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))! : path);
        return File.Exists(run.OptionsFile)
            ? run
            : throw new InvalidInputException(
                $"{path}: holds no training run (no training_options.json); name a run directory or a training state in one");
    }

    /// <summary>Opens the run with the highest number.</summary>
    /// <param name="outdir">Folder of all runs.</param>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public static RunDirectory OpenLatest(string outdir)
    {
        var runs = Directory.Exists(outdir) ? Runs(outdir) : [];
        var latest = runs.OrderByDescending(run => run.Number)
            .Select(run => new RunDirectory(run.Path))
            .FirstOrDefault(run => File.Exists(run.OptionsFile));
        return latest ?? throw new InvalidInputException($"{outdir}: holds no training run to resume; check --outdir");
    }

    /// <summary>Reads the options of the run.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public TrainingOptions ReadOptions()
    {
        try
        {
            return TrainingOptions.FromJson(File.ReadAllText(OptionsFile));
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{OptionsFile}: {error.Message}", error);
        }
    }

    /// <summary>Model file of the averaged weights.</summary>
    public string SnapshotFile(long imagesSeen) => Numbered("network-snapshot-", imagesSeen, StateSuffix);

    /// <summary>Everything needed to go on.</summary>
    public string StateFile(long imagesSeen) => Numbered(StatePrefix, imagesSeen, StateSuffix);

    /// <summary>Grid of samples.</summary>
    public string FakesFile(long imagesSeen) => Numbered("fakes-", imagesSeen, ".png");

    /// <summary>The training state that has seen most images; null for none.</summary>
    public string? LatestState() => States().LastOrDefault();

    /// <summary>Names of the classes of a run in the order of its network; null where they have none or nothing is saved.</summary>
    /// <param name="state">The training state to go on from; null for the latest.</param>
    /// <exception cref="InvalidDataException">The state is damaged.</exception>
    public IReadOnlyList<string>? LabelNames(string? state = null) =>
        (state ?? LatestState()) is { } path ? TrainingStateFile.ReadLabelNames(path) : null;

    /// <summary>Checks that going on from a point in training would not remove states.</summary>
    /// <param name="imagesSeen">The point.</param>
    /// <exception cref="InvalidInputException">There are later states; one line names them.</exception>
    internal void RequireNoStateAfter(long imagesSeen)
    {
        List<string> names = [.. States().Select(state => System.IO.Path.GetFileName(state))];
        var from = System.IO.Path.GetFileName(StateFile(imagesSeen));
        var later = names.Where(name => CompareStates(name, from) > 0);
        if (later.Any())
        {
            throw new InvalidInputException(
                $"{Path}: going on from {imagesSeen / 1000.0:0.###} kimg would remove the later {string.Join(", ", later)}; "
                + $"resume {Path} itself, or add --override to go back");
        }
    }

    /// <summary>
    /// Removes all training states but one and those just before it. Later ones, from which the run was taken back to an earlier
    /// state, go too: they would be resumed instead.
    /// </summary>
    /// <param name="latest">File of the state just written.</param>
    /// <param name="count">States to keep.</param>
    internal void KeepLatestStates(string latest, int count)
    {
        List<string> states = [.. States()];
        var name = System.IO.Path.GetFileName(latest);
        var end = states.FindIndex(state => System.IO.Path.GetFileName(state) == name) + 1;
        foreach (var state in states.Where((_, index) => index < end - count || index >= end))
        {
            File.Delete(state);
        }
    }

    /// <summary>Writes the options atomically.</summary>
    internal void WriteOptions(TrainingOptions options) => AtomicFile.Write(OptionsFile, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        writer.WriteLine(options.ToJson());
    });

    // A file that is created exclusively lets only one process look whether the number is free and take it.
    private static bool TryCreate(string outdir, int number, string path)
    {
        FileStream claim;
        try
        {
            claim = new FileStream(
                System.IO.Path.Combine(outdir, string.Create(CultureInfo.InvariantCulture, $".{number:D5}.claim")),
                new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
        }
        catch (IOException error) when (FileError.IsThere(error) || FileError.IsInUse(error))
        {
            return false;
        }

        using (claim)
        {
            if (Runs(outdir).Any(run => run.Number == number))
            {
                return false;
            }

            Directory.CreateDirectory(path);
            return true;
        }
    }

    private static IEnumerable<(string Path, int Number)> Runs(string outdir) => Directory.EnumerateDirectories(outdir)
        .Select(path => (Path: path, Match: Numbering().Match(System.IO.Path.GetFileName(path))))
        .Where(run => run.Match.Success)
        .Select(run => (run.Path, int.Parse(run.Match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture)));

    [GeneratedRegex("^(?<number>[0-9]{1,8})-", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Numbering();

    // Names sort like the images seen: the numbers are padded, and longer ones come later.
    private IEnumerable<string> States() => Directory.EnumerateFiles(Path, $"{StatePrefix}*{StateSuffix}")
        .Order(Comparer<string>.Create(CompareStates));

    private static int CompareStates(string one, string other) =>
        one.Length != other.Length ? one.Length.CompareTo(other.Length) : string.CompareOrdinal(one, other);

    private string Numbered(string prefix, long imagesSeen, string suffix) =>
        System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"{prefix}{imagesSeen / 1000:D6}{suffix}"));
}
