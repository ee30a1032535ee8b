using System.Text.Json;
using System.Text.Json.Serialization;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Training;

/// <summary>The text files of a run, to which lines are appended: <c>log.txt</c> and <c>stats.jsonl</c>.</summary>
internal sealed class TrainingLog : IDisposable
{
    /// <summary>Name of the images seen, in thousands, in a line of <c>stats.jsonl</c>.</summary>
    public const string KimgKey = "Progress/kimg";

    private const string MetricsPrefix = "Metrics/";

    // A measurement that is no number must not end the run that it tells about.
    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly StreamWriter _log;
    private readonly StreamWriter _stats;

    /// <summary>Opens the files; measurements later than the point from which the run goes on are removed.</summary>
    public TrainingLog(RunDirectory directory, long imagesSeen)
    {
        if (File.Exists(directory.StatsFile))
        {
            RemoveLater(directory.StatsFile, imagesSeen / 1000.0);
            HasMetrics = File.ReadLines(directory.StatsFile).Any(line => IsMetricsAt(line, imagesSeen / 1000.0));
        }

        _log = new StreamWriter(directory.LogFile, append: true) { AutoFlush = true };
        _stats = new StreamWriter(directory.StatsFile, append: true) { AutoFlush = true };
    }

    /// <summary>Whether the metrics of the point from which the run goes on are there.</summary>
    public bool HasMetrics { get; }

    /// <summary>Adds a line for people.</summary>
    public void Say(string line) => _log.WriteLine(line);

    /// <summary>Adds a line of measurements; what is not finite becomes "NaN", "Infinity" or "-Infinity".</summary>
    public void Measured(IReadOnlyDictionary<string, object> values) => _stats.WriteLine(JsonSerializer.Serialize(values, s_json));

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _log.Dispose();
        _stats.Dispose();
    }

    private static void RemoveLater(string path, double kimg)
    {
        List<string> kept = [.. File.ReadLines(path).Where(line => IsUpTo(line, kimg))];
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            kept.ForEach(writer.WriteLine);
        });
    }

    private static bool IsMetricsAt(string line, double kimg)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty(KimgKey).GetDouble() == kimg
            && document.RootElement.EnumerateObject().Any(value => value.Name.StartsWith(MetricsPrefix, StringComparison.Ordinal));
    }

    // A line that is cut, because the run was killed while it wrote, is no measurement.
    private static bool IsUpTo(string line, double kimg)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty(KimgKey).GetDouble() <= kimg;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }
}
