using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;
using DiffuSharp.Tuning;
using DiffuSharp.Tuning.Losses;
using DiffuSharp.Tuning.Validation;

namespace DiffuSharp.Cli.Parsing;

/// <summary>What <c>tune</c> makes small, and what it validates with.</summary>
internal sealed class LossFlags
{
    private const int Heldout = 512;
    private const string TeacherWord = "teacher";

    private readonly RecipeFlags<TuningLoss> _loss = new("--loss", "What is minimised, several joined by +:", TeacherWord);
    private readonly FeatureFlags _features = new();

    private readonly Option<string> _teacherCache = new("--teacher-cache")
    {
        Description = "Folder in which the samples of teacher and start are kept.", HelpName = "DIR", DefaultValueFactory = _ => "teacher-samples",
    };

    private readonly Option<string?> _metric = Flag.OptionalChoice(
        "--val-metric", "Metric on held-out latents that decides which sampler is kept [fid where there is a reference, else teacher].", "fid", "kid", TeacherWord);

    private readonly Option<string?> _heldoutFeatures = new("--val-features")
    {
        Description = "Other features for the validation, with --val-ref.", HelpName = "FILE",
    };

    private readonly Option<string?> _heldoutReference = new("--val-ref") { Description = "Reference statistics of --val-features.", HelpName = "NPZ" };
    private readonly Option<int> _heldoutImages = Flag.Integer("--val-images", "Held-out latents.", Heldout, 2, 1 << 22);

    public void AddTo(Command command)
    {
        command.Add(_loss.Spec);
        _features.AddTo(command, reference: true);
        command.AddAll([.. _loss.Options, _teacherCache, _metric, _heldoutFeatures, _heldoutReference, _heldoutImages]);
    }

    /// <summary>Number of held-out latents.</summary>
    public int HeldoutImages(Invocation run) => run.Get(_heldoutImages);

    /// <summary>Latents that are used again and again; 0 for fresh ones.</summary>
    public int Pool(Invocation run) => TuningLoss.PoolOf(Losses(run));

    /// <summary>Loss and validation; computes the samples of teacher and start if they are not there.</summary>
    /// <param name="run">The values.</param>
    /// <param name="options">Seeds.</param>
    /// <param name="denoiser">The model.</param>
    /// <param name="start">The sampler from which learning starts.</param>
    /// <param name="modelHash">Fingerprint of its weights.</param>
    /// <param name="device">Where it is.</param>
    /// <exception cref="InvalidInputException">Something is missing, or a flag is out of range.</exception>
    public TuningGoal Create(Invocation run, TunerOptions options, IDenoiser denoiser, SamplerTableau start, string modelHash, Device device)
    {
        var losses = Losses(run);
        RequireBoth(run, _heldoutFeatures, _heldoutReference);
        var needed = losses.Any(loss => loss.NeedsReference) || _features.All.Any(run.Has) || (run.Get(_metric) is "fid" or "kid" && !run.Has(_heldoutFeatures));
        var samples = new SampleCache(denoiser, modelHash, options.MicroBatch, run.Get(_teacherCache)!, new Shown(run), run.Cancellation);
        var context = new TuningContext(samples, start, options, Features: null, Reference: null);
        try
        {
            var features = needed ? _features.Open(run, device) : _features.OpenIfSuited(run, device, denoiser.Shape);
            context = context with { Features = features is null ? null : context.Owns(features) };
            var reference = features is null ? null : _features.OpenReference(run, features.Protocol);
            context = context with { Reference = reference is null ? null : context.Owns(reference) };
            var metric = run.Get(_metric) ?? (reference is not null || run.Has(_heldoutReference) ? "fid" : TeacherWord);
            run.RequireRead(metric != TeacherWord, "--val-metric fid or kid", _heldoutFeatures, _heldoutReference);
            RequireFeatureNetwork(run, losses, features);
            var loss = TuningLoss.OpenAll(losses, context);
            var (validation, said) = Validation(run, metric, context, device);
            return new TuningGoal(loss, validation, context)
            {
                Description =
                [
                    new("loss", loss.Name),
                    .. losses.SelectMany(one => one.Said),
                    .. features is null ? [] : new[] { KeyValuePair.Create("features_sha256", features.Protocol.Sha256 ?? "") },
                    .. reference is null ? [] : new[] { KeyValuePair.Create("reference_sha256", reference.Sha256 ?? "") },
                    .. losses.SelectMany(one => one.SaidOfData),
                    .. said,
                ],
            };
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    private (IValidationMetric Metric, IReadOnlyList<KeyValuePair<string, string>> Said) Validation(
        Invocation run, string metric, TuningContext context, Device device)
    {
        if (metric == TeacherWord)
        {
            var teacher = Teacher(run);
            return (new LossValidation(teacher.OpenHeldOut(context)), [new("val_teacher", $"heun, {teacher.Steps} steps")]);
        }

        if (run.Get(_heldoutFeatures) is not { } file)
        {
            var own = context.Reference ?? throw new InvalidInputException(
                "--val-metric: needs reference statistics; make them with 'evaluate ref' and name them with --ref");
            return (new FeatureValidation(context.Features!, own, kernel: metric == "kid"), []);
        }

        var others = context.Owns(FeatureExtractor.Open(file, device));
        var theirs = context.Owns(ReferenceFile.Read(run.Get(_heldoutReference)!));
        return (
            new FeatureValidation(others, theirs, kernel: metric == "kid"),
            [new("val_features_sha256", others.Protocol.Sha256 ?? ""), new("val_reference_sha256", theirs.Sha256 ?? "")]);
    }

    // The teacher of the validation has flags of its own only where none is among the losses.
    private IReadOnlyList<TuningLoss> Losses(Invocation run) => _loss.GetAll(
        run, [.. RecipeText.Split(run.Get(_loss.Spec)!, '+')], [],
        run.Get(_metric) == TeacherWord ? ["teacher-steps", "pixel-weight", "feature-weight"] : []);

    private TeacherTuning Teacher(Invocation run) => Losses(run).OfType<TeacherTuning>().FirstOrDefault()
        ?? (TeacherTuning)_loss.GetAll(run, [TeacherWord], [], [.. new KernelTuning().Type.Options.Concat(new FrechetTuning().Type.Options).Select(option => option.Name)])[0];

    private void RequireFeatureNetwork(Invocation run, IReadOnlyList<TuningLoss> losses, IFeatureExtractor? features)
    {
        if (features is null && _loss.Given(run, "feature-weight") is not null && losses.OfType<TeacherTuning>().Any(teacher => teacher.FeatureWeight > 0))
        {
            throw new InvalidInputException("--feature-weight: there is no feature network for these images; name one with --features");
        }
    }

    private static void RequireBoth(Invocation run, Option features, Option reference)
    {
        if (run.Has(features) != run.Has(reference))
        {
            var (given, missing) = run.Has(features) ? (features, reference) : (reference, features);
            throw new InvalidInputException($"{given.Name}: needs {missing.Name}; other features have reference statistics of their own");
        }
    }

    // On a terminal, a line for each kind of samples that are made first.
    private sealed class Shown(Invocation run) : IProgress<(string Label, double Part)>
    {
        private string? _label;

        public void Report((string Label, double Part) value)
        {
            if (_label != value.Label && run.Errors.Profile.Out.IsTerminal)
            {
                _label = value.Label;
                run.Errors.WritePlainLine($"making {value.Label} ...");
            }
        }
    }
}

/// <summary>Loss and validation of a run of <c>tune</c>, with all that they hold.</summary>
internal sealed record TuningGoal(ISampleLoss Loss, IValidationMetric Validation, IDisposable Owned) : IDisposable
{
    /// <summary>For the sampler file.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Description { get; init; } = [];

    public void Dispose() => Owned.Dispose();
}
