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

    private readonly Option<string> _loss = Flag.Choice("--loss", "Loss.", "teacher", "kid", "fid", "teacher", "kid+teacher", "fid+teacher");
    private readonly Option<string> _kernel = Flag.Choice("--kernel", "Kernel of kid.", "cubic", "linear", "cubic");
    private readonly Option<int> _anchorImages = Flag.Integer(
        "--anchor-images", "Latents that are tuned on with fid (with a teacher, no more than it has); their samples by the start are its statistics.", 8192, 2, 1 << 22);
    private readonly FeatureFlags _features = new();

    private readonly Option<double> _kidWeight = Flag.Number("--kid-weight", "Weight of kid or fid in a sum.", 1);
    private readonly Option<double> _pixelWeight = Flag.Number("--pixel-weight", "Weight of the distance of pixels.", new TeacherLossOptions().PixelWeight);
    private readonly Option<double> _featureWeight = Flag.Number("--feature-weight", "Weight of the distance of features.", new TeacherLossOptions().FeatureWeight);
    private readonly Option<int> _teacherSteps = Flag.Integer("--teacher-steps", "Heun steps of the teacher; 18 are 35 NFE.", 18, 2, 10_000);
    private readonly Option<int> _teacherImages = Flag.Integer("--teacher-images", "Latents that are tuned on with a teacher.", 1408, 2, 1 << 22);

    private readonly Option<string> _teacherCache = new("--teacher-cache")
    {
        Description = "Folder in which the samples of teacher and start are kept.", HelpName = "DIR", DefaultValueFactory = _ => "teacher-samples",
    };

    private readonly Option<string?> _metric = Flag.OptionalChoice(
        "--val-metric", "Metric on held-out latents that decides which sampler is kept [fid where there is a reference, else teacher].", "fid", "kid", "teacher");

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
        foreach (var option in new Option[]
        {
            _kidWeight, _pixelWeight, _featureWeight, _teacherSteps, _teacherImages, _teacherCache, _metric, _heldoutFeatures, _heldoutReference,
            _heldoutImages,
        })
        {
            command.Add(option);
        }
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
        var distance = Array.Find(words, word => word != "teacher");
        var needed = distance is not null || _features.All.Any(run.Has) || (run.Get(_metric) is "fid" or "kid" && !run.Has(_heldoutFeatures));
        var features = needed ? _features.Open(run, device) : _features.OpenIfSuited(run, device, denoiser.Shape);
        goal.Owns(features);
        var reference = features is null ? null : goal.Owns(_features.OpenReference(run, features.Protocol));
        var metric = run.Get(_metric) ?? (reference is not null || run.Has(_heldoutReference) ? "fid" : "teacher");
        var terms = new List<(ISampleLoss, double)>();
        if (distance is not null)
        {
            var data = reference ?? throw NeedsReference($"--loss {distance}", "--ref");
            ISampleLoss loss = distance == "fid"
                ? goal.Owns(new FrechetLoss(features!, data, goal.Owns(Anchor(run, denoiser, start, modelHash, options.FirstSeed)), options.MicroBatch, run.Cancellation))
                : goal.Owns(new KernelLoss(features!, data, Enum.Parse<KernelKind>(run.Get(_kernel)!, ignoreCase: true)));
            terms.Add((loss, words.Length > 1 ? run.Get(_kidWeight) : 1));
        }

        var weights = new TeacherLossOptions { PixelWeight = run.Get(_pixelWeight), FeatureWeight = run.Get(_featureWeight) };
        if (HasTeacher(run))
        {
            var teacher = goal.Owns(Teacher(run, denoiser, modelHash, options.FirstSeed, run.Get(_teacherImages), "teacher"));
            terms.Add((new TeacherLoss(teacher, features, weights, options.MicroBatch), 1));
        }

        goal.Loss = terms.Count == 1 ? terms[0].Item1 : new WeightedLoss(terms);
        if (metric == "teacher")
        {
            var teacher = goal.Owns(Teacher(run, denoiser, modelHash, TunerOptions.FirstHeldOutSeed, options.ValidationImages, "held-out teacher"));
            goal.Validation = new LossValidation(new TeacherLoss(teacher, features, weights, options.MicroBatch));
        }
        else if (run.Get(_heldoutFeatures) is { } file)
        {
            var others = goal.Owns(FeatureExtractor.Open(file, device));
            var theirs = goal.Owns(ReferenceFile.Read(run.Get(_heldoutReference) ?? throw NeedsReference("--val-features", "--val-ref")));
            goal.Validation = new FeatureValidation(others, theirs, kernel: metric == "kid");
        }
        else
        {
            goal.Validation = new FeatureValidation(features!, reference ?? throw NeedsReference("--val-metric", "--ref"), kernel: metric == "kid");
        }

        goal.Description =
        [
            new("loss", goal.Loss.Name),
            .. HasAnchor(run) ? new[] { KeyValuePair.Create("anchor_images", $"{run.Get(_anchorImages)}") } : [],
            .. features is null ? [] : new[] { KeyValuePair.Create("features_sha256", features.Protocol.Sha256 ?? "") },
            .. reference is null ? [] : new[] { KeyValuePair.Create("reference_sha256", reference.Sha256 ?? "") },
            .. HasTeacher(run) ? new[] { KeyValuePair.Create("teacher", $"heun, {run.Get(_teacherSteps)} steps, {run.Get(_teacherImages)} images") } : [],
        ];
    }

    private bool HasAnchor(Invocation run) => run.Get(_loss)!.Contains("fid", StringComparison.Ordinal);

    private bool HasTeacher(Invocation run) => run.Get(_loss)!.Contains("teacher", StringComparison.Ordinal);

    private KeptSamples Teacher(Invocation run, IDenoiser denoiser, string modelHash, long first, int count, string label)
    {
        var defaults = new EdmSamplerOptions();
        var range = defaults.Sigma.Intersect(denoiser.SigmaMin, denoiser.SigmaMax);
        var tableau = EdmSampler.Create(defaults with { NumSteps = run.Get(_teacherSteps), Sigma = range }, denoiser.RoundSigma);
        var sampler = $"heun {run.Get(_teacherSteps)} steps {range.Min:R} to {range.Max:R}";
        return Kept(run, denoiser, tableau, modelHash, sampler, $"teacher-{FileHash.Short(modelHash)}-{run.Get(_teacherSteps)}", first, count, label);
    }

    private KeptSamples Anchor(Invocation run, IDenoiser denoiser, SamplerTableau start, string modelHash, long first)
    {
        var sampler = $"{start}";
        var name = $"start-{FileHash.Short(modelHash)}-{FileHash.Short(FileHash.OfText(sampler))}";
        return Kept(run, denoiser, start, modelHash, sampler, name, first, run.Get(_anchorImages), "samples of the start");
    }

    private KeptSamples Kept(
        Invocation run, IDenoiser denoiser, SamplerTableau tableau, string modelHash, string sampler, string name, long first, int count, string label)
    {
        var origin = $"model {modelHash}, {sampler}, seeds {first} to {first + count - 1}";
        var path = Path.Combine(run.Get(_teacherCache)!, $"{name}-{first}-{count}.safetensors");
        if (KeptSamples.TryLoad(path, origin, first) is { } kept)
        {
            return kept;
        }

        KeptSamples? made = null;
        run.WithProgress(label, report => made = KeptSamples.Compute(
            denoiser, tableau, first, count, batch: 64, new Output.InlineProgress<double>(report), run.Cancellation));
        made!.Save(path, origin);
        return made;
    }

    private static InvalidInputException NeedsReference(string what, string flag) =>
        new($"{what}: needs reference statistics; make them with 'evaluate ref' and name them with {flag}");
}
