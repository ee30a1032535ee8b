using System.CommandLine;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Training;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Flags of the metrics that a training run measures as it goes; none are measured unless <c>--metrics</c> is given.</summary>
internal sealed class TrainingMetricsFlags
{
    private const string None = "none";

    private readonly Option<string?> _names = new("--metrics")
    {
        Description = $"Measure some of {MetricNames.List} on samples as the run goes, or {None} [none].", HelpName = "LIST",
    };

    private readonly Option<long?> _every = ImageCount.InKimg("--metrics-every", "Images between two measurements [50].");
    private readonly Option<int?> _images = Flag.OptionalInteger("--metrics-images", "Samples of a measurement [500].", 2, 10_000_000);
    private readonly Option<int?> _steps = Flag.OptionalInteger("--metrics-steps", "Heun steps of a sample [5, NFE 9].", 1, 100_000);
    private readonly FeatureFlags _features = new();

    public IReadOnlyList<Option> All => [_names, _every, _images, _steps, .. _features.All];

    /// <summary>Changes what the user asked for.</summary>
    /// <param name="run">The command line.</param>
    /// <param name="start">What the preset or the earlier run measures; null for nothing.</param>
    /// <exception cref="InvalidInputException">There is no feature network, or a flag has nothing to change.</exception>
    public TrainingMetricsOptions? Apply(Invocation run, TrainingMetricsOptions? start)
    {
        var names = run.Get(_names) ?? start?.Names ?? None;
        if (names == None)
        {
            return All.Skip(1).FirstOrDefault(run.Has) is { } flag
                ? throw new InvalidInputException($"{flag.Name}: says how metrics are measured; say which with --metrics")
                : null;
        }

        start ??= new TrainingMetricsOptions { Names = names, Features = _features.FeaturesPath(run), Reference = _features.ReferencePath(run) };
        return start with
        {
            Names = names,
            Features = run.Has(_features.All[0]) ? _features.FeaturesPath(run) : start.Features,
            Reference = _features.All.Any(run.Has) ? _features.ReferencePath(run) : start.Reference,
            Every = run.Get(_every) ?? start.Every,
            Images = run.Get(_images) ?? start.Images,
            Steps = run.Get(_steps) ?? start.Steps,
        };
    }
}
