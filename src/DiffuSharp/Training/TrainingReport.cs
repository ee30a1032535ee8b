using System.Diagnostics;
using System.Globalization;

namespace DiffuSharp.Training;

/// <summary>Collects what a run measures between ticks and tells it to the log files and to whoever watches.</summary>
internal sealed class TrainingReport(TrainingOptions options, TrainingLog log, IProgress<TrainingProgress>? progress, long startImages)
{
    private const double BytesPerGigabyte = 1L << 30;

    private readonly Stopwatch _total = Stopwatch.StartNew();
    private readonly Stopwatch _training = Stopwatch.StartNew();
    private Statistics _loss = new();
    private Statistics _gradient = new();
    private long _images = startImages;
    private long _tickStart = startImages;
    private double _lastTick;

    /// <summary>Whether there were steps since the last tick.</summary>
    public bool HasNews => _loss.Num > 0;

    private double ImagesPerSecond => (_images - _tickStart) / Math.Max(_training.Elapsed.TotalSeconds, 1e-9);

    /// <summary>Takes in a step.</summary>
    public void Step(StepResult result, long imagesSeen)
    {
        _images = imagesSeen;
        _loss.Add(result.Count, result.Sum, result.Squares);
        _gradient.Add(result.GradientNorm);
        progress?.Report(Progress(null));
    }

    /// <summary>Stops the clock of training speed until the result is disposed of.</summary>
    public IDisposable Pause() => new ClockPause(_training);

    /// <summary>Writes the measurements of the tick and starts the next one.</summary>
    public void Tick(long imagesSeen, double learningRate, HeldoutResult? heldout)
    {
        var seconds = _training.Elapsed.TotalSeconds;
        var total = _total.Elapsed.TotalSeconds;
        var kimg = (imagesSeen - _tickStart) / 1000.0;
        var memory = ProcessMemory.Peak / BytesPerGigabyte;
        var values = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [TrainingLog.KimgKey] = imagesSeen / 1000.0,
            ["Progress/tick"] = imagesSeen / options.Tick,
            ["Progress/lr"] = learningRate,
            ["Timing/total_sec"] = total,
            ["Timing/sec_per_tick"] = seconds,
            ["Timing/maintenance_sec"] = total - _lastTick - seconds,
            ["Resources/peak_cpu_mem_gb"] = memory,
            ["timestamp"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0,
        };
        if (_loss.Num > 0)
        {
            values["Timing/sec_per_kimg"] = seconds / kimg;
            values["Timing/images_per_sec"] = ImagesPerSecond;
            values["Loss/loss"] = Moments(_loss);
            values["Loss/gradient_norm"] = Moments(_gradient);
        }

        if (heldout is not null)
        {
            values["Heldout/loss"] = heldout.Weighted;
            values["Heldout/mse"] = HeldoutLoss.Sigmas.Zip(heldout.Mse).ToDictionary(
                level => level.First.ToString("0.###", CultureInfo.InvariantCulture), level => level.Second, StringComparer.Ordinal);
        }

        log.Measured(values);
        var measured = heldout is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", held-out loss {heldout.Weighted:0.0000}");
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"tick {imagesSeen / options.Tick}  kimg {imagesSeen / 1000.0:0.0}  time {TimeSpan.FromSeconds((long)total):g}  "
            + $"images/s {ImagesPerSecond:0.0}  loss {_loss.Mean:0.0000}  memory {memory:0.00} GB{measured}"));
        _loss = new();
        _gradient = new();
        _tickStart = imagesSeen;
        _lastTick = total;
        _training.Reset();
    }

    /// <summary>Writes metrics on samples, in a line of their own.</summary>
    public void Metrics(long imagesSeen, TrainingMetricsResult result)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [TrainingLog.KimgKey] = imagesSeen / 1000.0,
            ["Metrics/images"] = result.Images,
            ["Metrics/nfe"] = result.Nfe,
            ["Metrics/seconds"] = result.Seconds,
            ["timestamp"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0,
        };
        foreach (var value in result.Values)
        {
            values[$"Metrics/{value.Name}"] = value.Value;
        }

        log.Measured(values);
        var numbers = string.Join("  ", result.Values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Name} {v.Value:G5}")));
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"metrics at kimg {imagesSeen / 1000.0:0.###}  {numbers}  ({result.Images} images, NFE {result.Nfe:0.##}, {result.Seconds:0.0} s)"));
    }

    /// <summary>Adds a line to the log.</summary>
    public void Say(string line)
    {
        log.Say(line);
        progress?.Report(Progress(line));
    }

    private static Dictionary<string, double> Moments(Statistics statistics) => new(StringComparer.Ordinal)
    {
        ["num"] = statistics.Num,
        ["mean"] = statistics.Mean,
        ["std"] = statistics.Std,
    };

    private TrainingProgress Progress(string? line)
    {
        var speed = ImagesPerSecond;
        var remaining = speed > 0 ? TimeSpan.FromSeconds((options.TotalImages - _images) / speed) : TimeSpan.Zero;
        return new TrainingProgress(_images, options.TotalImages, _loss.Mean, speed, remaining, ProcessMemory.Peak, line);
    }

    private sealed class ClockPause : IDisposable
    {
        private readonly Stopwatch _clock;

        public ClockPause(Stopwatch clock)
        {
            _clock = clock;
            _clock.Stop();
        }

        public void Dispose() => _clock.Start();
    }
}
