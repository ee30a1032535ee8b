using System.CommandLine;
using System.Text;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Likelihood;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Metrics.Measures;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp model card</c>: every metric of a model, as a table and into its file.</summary>
internal sealed class ModelCardCommand
{
    private const string None = "none";

    private readonly Argument<string?> _file = new("FILE") { Description = "Model file [the shipped one].", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _write = new("--write") { Description = "Write the numbers into the model file, for 'model info'." };
    private readonly Option<string?> _out = new("--out", "--dest") { Description = "File for the table [the output].", HelpName = "FILE.md" };

    private readonly Option<string> _metrics = new("--metrics")
    {
        Description = $"Some of {Metric.Names}, or {None}; acc and cfid only of models with classes.", HelpName = "LIST",
        DefaultValueFactory = _ => "fid,kid,is,pr,dc,acc",
    };

    private readonly Option<string> _seeds = new("--seeds")
    {
        Description = "Seeds of the first range of images.", HelpName = "LIST", DefaultValueFactory = _ => "0-4999",
    };

    private readonly Option<int> _repeat = Flag.Integer("--repeat", "Ranges of seeds: mean and standard deviation.", 3, 1, 10_000);
    private readonly Option<int> _batch = Flag.Integer("--batch", "Images that run together.", 64, 1, 1 << 20);
    private readonly Option<int> _likelihood = Flag.Integer("--likelihood", "Also bits/dim by the probability-flow ODE, of so many images of --data.", 0, 0, int.MaxValue);

    private readonly Option<int?> _likelihoodSteps = Flag.OptionalInteger("--likelihood-steps", "Heun steps for bits/dim, instead of RK45.", 1, 100_000);

    private readonly Option<string> _data = new("--data")
    {
        Description = "Images for --likelihood.", HelpName = "DATA", DefaultValueFactory = _ => "fashion-mnist:test",
    };

    private readonly FeatureFlags _features = new();
    private readonly SamplerFlags _flags = new();

    public static Verb Create()
    {
        var card = new ModelCardCommand();
        var verb = new Verb("card", "Measure a model by every metric: a table, and with --write numbers in the model file.")
        {
            Examples = ["diffusharp model card --write --out card.md", "diffusharp model card model.safetensors --seeds 0-999 --repeat 2 --steps 10 --likelihood 100"],
        };
        verb.Add(card._file);
        verb.AddAll(card._write, card._out, card._metrics, card._seeds, card._repeat, card._batch, card._likelihood, card._likelihoodSteps, card._data);

        card._features.AddTo(verb, reference: true);
        card._flags.AddTo(verb);
        verb.AddAll(CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json);

        verb.Runs(card.Run);
        return verb;
    }

    private int Run(Invocation run)
    {
        var path = ShippedModel.Or(run.Get(_file));
        using var outHold = run.Hold(_out);
        using var fileHold = run.Get(_write) ? WriterLock.Whole(path) : null;
        var device = CommonOptions.OpenDevice(run);
        using var extractor = _features.Open(run, device);
        using var reference = _features.OpenReference(run, extractor.Protocol);
        using var model = DenoiserFile.Load(path, device);
        if (run.Get(_write) && model.Model is null)
        {
            throw new InvalidInputException($"--write: {path} is a TorchScript module, which holds no metrics; leave --write out");
        }

        var hash = WeightHash.Sha256(path);
        var card = Measure(run, hash, model.Denoiser, model.ClassNames, extractor, reference);
        Write(run, path, hash, model.Model?.Description, card);
        return ExitCode.Success;
    }

    private ModelCard Measure(
        Invocation run, string hash, IDenoiser denoiser, IReadOnlyList<string>? names, IFeatureExtractor extractor, ReferenceStatistics? reference)
    {
        using var data = run.Get(_likelihood) > 0 ? OpenData(run, denoiser, names) : null;
        var entries = new List<ModelCardEntry>();
        var protocol = run.Get(_metrics) == None ? null : MeasureImages(run, hash, denoiser, names, extractor, reference, entries);
        if (data is not null)
        {
            run.WithProgress("likelihood", report => entries.Add(Likelihood(run, denoiser, data, new InlineProgress<double>(report))));
        }

        return new ModelCard { Entries = entries, Protocol = protocol };
    }

    // Adds what is measured of sampled images; returns what these numbers have in common.
    private string MeasureImages(
        Invocation run, string hash, IDenoiser denoiser, IReadOnlyList<string>? names, IFeatureExtractor extractor, ReferenceStatistics? reference,
        List<ModelCardEntry> entries)
    {
        var repeats = run.Get(_repeat);
        var metrics = Metric.ParseList(run.Get(_metrics)!).Where(metric => denoiser.LabelDim > 0 || !metric.NeedsClasses);
        var options = new EvaluationOptions { Metrics = [.. repeats > 1 ? metrics.Select(metric => metric.WithoutResamples()) : metrics] };
        var sampler = _flags.Create(run, file: null).Build(denoiser);
        var images = new ImageGeneratorOptions { Seeds = SeedList.Parse(run.Get(_seeds)!), Batch = run.Get(_batch) };
        var evaluation = new ModelEvaluation(denoiser, sampler.Tableau, extractor, reference, options, names);
        run.WithProgress("sampling", report => entries.AddRange(
            evaluation.Run(images, repeats, new InlineProgress<double>(report), run.Cancellation).Select(ModelCardEntry.Of)));

        var protocol = extractor.Protocol;
        var against = reference is null ? "" : $"; reference {reference.Dataset ?? "of unstated data"}, SHA-256 {reference.Sha256}";
        var more = repeats > 1 ? $" and the next {repeats - 1} ranges of that width" : "";
        return $"Weights {hash}; features {protocol.Name}, {protocol.FeatureDim} of {protocol.Layer}, SHA-256 {protocol.Sha256}{against}; "
            + $"sampler {sampler.Metadata.Solver}, {sampler.Metadata.ShownOptions}, NFE {evaluation.Cost.Nfe:0.##}; seeds {run.Get(_seeds)}{more}.";
    }

    private IImageDataset OpenData(Invocation run, IDenoiser denoiser, IReadOnlyList<string>? names)
    {
        var data = ImageDataset.Open(run.Get(_data)!, new ImageDatasetOptions
        {
            MaxSize = run.Get(_likelihood), Labels = denoiser.LabelDim > 0 ? LabelUse.Required : LabelUse.Ignored,
        });
        try
        {
            return RelabelledDataset.Of(data, new ClassList("the model", denoiser.LabelDim, names), run.Remarks);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    private ModelCardEntry Likelihood(Invocation run, IDenoiser denoiser, IImageDataset data, IProgress<double> progress)
    {
        var flow = new ProbabilityFlowOptions();
        if (run.Get(_likelihoodSteps) is { } steps)
        {
            flow = flow with { Solver = FlowSolver.Heun, NumSteps = steps };
        }

        var result = new OdeLikelihood(denoiser, new OdeLikelihoodOptions { Flow = flow }).Measure(data, progress, run.Cancellation);
        var note = $"protocol {result.Protocol}, {data.Name}, seed {result.Seed}, NFE {result.Nfe:0.#} and {result.VectorJacobianProducts:0.#} VJP: {result.Description}";
        return new ModelCardEntry("bits_per_dim", result.Mean, result.StandardError, "standard error over the images", $"{result.Count}", note);
    }

    private void Write(Invocation run, string path, string hash, ModelDescription? description, ModelCard card)
    {
        if (run.Get(_out) is { } file)
        {
            AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(card.ToMarkdown())));
        }

        if (run.Get(_write))
        {
            var metrics = new Dictionary<string, string>(description!.Metrics ?? new Dictionary<string, string>(), StringComparer.Ordinal);
            foreach (var (name, text) in card.ToMetrics())
            {
                metrics[name] = text;
            }

            ModelFile.WriteDescription(path, description with { Metrics = metrics });
        }

        if (run.Json)
        {
            run.WriteJson(new { Model = path, ModelSha256 = hash, card.Protocol, Metrics = card.Entries });
        }
        else if (!run.Has(_out))
        {
            run.WriteLine(card.ToMarkdown().TrimEnd('\n'));
        }
        else
        {
            run.WriteLine(run.Get(_out)!);
        }
    }
}
