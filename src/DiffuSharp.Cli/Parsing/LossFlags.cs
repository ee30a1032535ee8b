using System.CommandLine;
using DiffuSharp.Denoising;
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

    private static readonly TeacherLossOptions s_usual = new();

    private readonly Option<string> _loss = Flag.Choice("--loss", "Loss.", TeacherWord, "kid", "fid", TeacherWord, "kid+teacher", "fid+teacher");
    private readonly Option<string> _kernel = Flag.Choice("--kernel", "Kernel of kid.", "cubic", "linear", "cubic");
    private readonly Option<int> _anchorImages = Flag.Integer(
        "--anchor-images", "Latents that are tuned on with fid (with a teacher, no more than it has); their samples by the start are its statistics.", 8192, 2, 1 << 22);
    private readonly FeatureFlags _features = new();

    private readonly Option<double> _kidWeight = Flag.Number("--kid-weight", "Weight of kid or fid in a sum.", 1);
    private readonly Option<double> _pixelWeight = Flag.Number("--pixel-weight", "Weight of the distance of pixels.", s_usual.PixelWeight);
    private readonly Option<double> _featureWeight = Flag.Number("--feature-weight", "Weight of the distance of features.", s_usual.FeatureWeight);
    private readonly Option<int> _teacherSteps = Flag.Integer("--teacher-steps", "Heun steps of the teacher; 18 are 35 NFE.", 18, 1, 10_000);
    private readonly Option<int> _teacherImages = Flag.Integer("--teacher-images", "Latents that are tuned on with a teacher.", 1408, 2, 1 << 22);

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
        command.Add(_loss);
        command.Add(_kernel);
        command.Add(_anchorImages);
        _features.AddTo(command, reference: true);
        command.AddAll(
            _kidWeight, _pixelWeight, _featureWeight, _teacherSteps, _teacherImages, _teacherCache, _metric, _heldoutFeatures, _heldoutReference,
            _heldoutImages);
    }

    /// <summary>Number of held-out latents.</summary>
    public int HeldoutImages(Invocation run) => run.Get(_heldoutImages);

    /// <summary>Latents that are used again and again; 0 for fresh ones.</summary>
    public int Pool(Invocation run) => (HasTeacher(run), HasAnchor(run)) switch
    {
        (true, true) => Math.Min(run.Get(_teacherImages), run.Get(_anchorImages)),
        (true, false) => run.Get(_teacherImages),
        (false, true) => run.Get(_anchorImages),
        _ => 0,
    };

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
        var goal = new TuningGoal();
        try
        {
            Fill(goal, run, options, denoiser, start, modelHash, device);
            return goal;
        }
        catch
        {
            goal.Dispose();
            throw;
        }
    }

    private void Fill(TuningGoal goal, Invocation run, TunerOptions options, IDenoiser denoiser, SamplerTableau start, string modelHash, Device device)
    {
        var words = run.Get(_loss)!.Split('+');
        var distance = Array.Find(words, word => word != TeacherWord);
        RequireBoth(run, _heldoutFeatures, _heldoutReference);
        var needed = distance is not null || _features.All.Any(run.Has) || (run.Get(_metric) is "fid" or "kid" && !run.Has(_heldoutFeatures));
        var features = needed ? _features.Open(run, device) : _features.OpenIfSuited(run, device, denoiser.Shape);
        goal.Owns(features);
        var reference = features is null ? null : goal.Owns(_features.OpenReference(run, features.Protocol));
        var metric = run.Get(_metric) ?? (reference is not null || run.Has(_heldoutReference) ? "fid" : TeacherWord);
        RequireRead(run, words, metric, hasFeatures: features is not null);
        var cache = new SampleCache(run, run.Get(_teacherCache)!, denoiser, modelHash, options.MicroBatch);
        var terms = new List<(ISampleLoss, double)>();
        if (distance is not null)
        {
            var data = reference ?? throw NeedsReference($"--loss {distance}");
            ISampleLoss loss = distance == "fid"
                ? goal.Owns(new FrechetLoss(features!, data, goal.Owns(Anchor(run, cache, start, options.FirstSeed)), options.MicroBatch, run.Cancellation))
                : goal.Owns(new KernelLoss(features!, data, Enum.Parse<KernelKind>(run.Get(_kernel)!, ignoreCase: true)));
            terms.Add((loss, words.Length > 1 ? run.Get(_kidWeight) : 1));
        }

        var weights = new TeacherLossOptions { PixelWeight = run.Get(_pixelWeight), FeatureWeight = run.Get(_featureWeight) };
        if (HasTeacher(run))
        {
            var teacher = goal.Owns(Teacher(run, cache, (options.FirstSeed, run.Get(_teacherImages)), "teacher"));
            terms.Add((new TeacherLoss(teacher, features, weights, options.MicroBatch, run.Cancellation), 1));
        }

        goal.Loss = terms.Count == 1 ? terms[0].Item1 : new WeightedLoss(terms);
        var heldout = new List<KeyValuePair<string, string>>();
        if (metric == TeacherWord)
        {
            var teacher = goal.Owns(Teacher(run, cache, (TunerOptions.FirstHeldOutSeed, options.ValidationImages), "held-out teacher"));
            goal.Validation = new LossValidation(new TeacherLoss(teacher, features, weights, options.MicroBatch, run.Cancellation));
            heldout.Add(new("val_teacher", $"heun, {run.Get(_teacherSteps)} steps"));
        }
        else if (run.Get(_heldoutFeatures) is { } file)
        {
            var others = goal.Owns(FeatureExtractor.Open(file, device));
            var theirs = goal.Owns(ReferenceFile.Read(run.Get(_heldoutReference)!));
            goal.Validation = new FeatureValidation(others, theirs, kernel: metric == "kid");
            heldout.AddRange([new("val_features_sha256", others.Protocol.Sha256 ?? ""), new("val_reference_sha256", theirs.Sha256 ?? "")]);
        }
        else
        {
            goal.Validation = new FeatureValidation(features!, reference ?? throw NeedsReference("--val-metric"), kernel: metric == "kid");
        }

        goal.Description =
        [
            new("loss", goal.Loss.Name),
            .. Unusual(run, _pixelWeight, "pixel_weight", s_usual.PixelWeight),
            .. Unusual(run, _featureWeight, "feature_weight", s_usual.FeatureWeight),
            .. HasAnchor(run) ? new[] { KeyValuePair.Create("anchor_images", $"{run.Get(_anchorImages)}") } : [],
            .. features is null ? [] : new[] { KeyValuePair.Create("features_sha256", features.Protocol.Sha256 ?? "") },
            .. reference is null ? [] : new[] { KeyValuePair.Create("reference_sha256", reference.Sha256 ?? "") },
            .. HasTeacher(run) ? new[] { KeyValuePair.Create("teacher", $"heun, {run.Get(_teacherSteps)} steps, {run.Get(_teacherImages)} images") } : [],
            .. heldout,
        ];
    }

    private static KeyValuePair<string, string>[] Unusual(Invocation run, Option<double> option, string name, double usual) =>
        run.Get(option) == usual ? [] : [new(name, $"{run.Get(option):R}")];

    private static void RequireBoth(Invocation run, Option features, Option reference)
    {
        if (run.Has(features) != run.Has(reference))
        {
            var (given, missing) = run.Has(features) ? (features, reference) : (reference, features);
            throw new InvalidInputException($"{given.Name}: needs {missing.Name}; other features have reference statistics of their own");
        }
    }

    // A flag that nothing would read is refused.
    private void RequireRead(Invocation run, string[] words, string metric, bool hasFeatures)
    {
        var teacher = words.Contains(TeacherWord);
        run.RequireRead(words.Contains("kid"), "--loss kid", _kernel);
        run.RequireRead(words.Contains("fid"), "--loss fid", _anchorImages);
        run.RequireRead(words.Length > 1, "--loss kid+teacher or fid+teacher", _kidWeight);
        run.RequireRead(teacher, "--loss teacher", _teacherImages);
        run.RequireRead(teacher || metric == TeacherWord, "--loss teacher or --val-metric teacher", _teacherSteps, _pixelWeight, _featureWeight);
        run.RequireRead(metric != TeacherWord, "--val-metric fid or kid", _heldoutFeatures, _heldoutReference);
        if (!hasFeatures && run.Has(_featureWeight) && run.Get(_featureWeight) > 0)
        {
            throw new InvalidInputException($"{_featureWeight.Name}: there is no feature network for these images; name one with --features");
        }
    }

    private bool HasAnchor(Invocation run) => run.Get(_loss)!.Contains("fid", StringComparison.Ordinal);

    private bool HasTeacher(Invocation run) => run.Get(_loss)!.Contains(TeacherWord, StringComparison.Ordinal);

    private KeptSamples Teacher(Invocation run, SampleCache cache, (long First, int Count) seeds, string label)
    {
        var (defaults, model, steps) = (new EdmSamplerOptions(), cache.Denoiser, run.Get(_teacherSteps));
        var range = defaults.Sigma.Intersect(model.SigmaMin, model.SigmaMax);
        var tableau = EdmSampler.Create(defaults with { NumSteps = steps, Sigma = range }, model.RoundSigma);
        var sampler = $"heun {steps} steps {range.Min:R} to {range.Max:R}{(model.Process is null ? "" : ", real times")}";
        return cache.Get(tableau, sampler, $"teacher-{FileHash.Short(cache.ModelHash)}-{steps}", seeds, label);
    }

    private KeptSamples Anchor(Invocation run, SampleCache cache, SamplerTableau start, long first)
    {
        var sampler = $"{start}";
        var name = $"start-{FileHash.Short(cache.ModelHash)}-{FileHash.Short(FileHash.OfText(sampler))}";
        return cache.Get(start, sampler, name, (first, run.Get(_anchorImages)), "samples of the start");
    }

    private static InvalidInputException NeedsReference(string what) =>
        new($"{what}: needs reference statistics; make them with 'evaluate ref' and name them with --ref");
}
