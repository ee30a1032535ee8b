using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp evaluate</c>: how good images are.</summary>
internal sealed class EvaluateCommand
{
    private readonly Option<string?> _images = new("--images")
    {
        Description = "Zip, folder or idx file of images, or fashion-mnist, fashion-mnist:test.", HelpName = "DATA",
    };

    private readonly Option<string?> _network = new("--network", "--net")
    {
        Description = "Sample this model instead of reading images [the shipped one].", HelpName = "FILE",
    };

    private readonly Option<string?> _reference = new("--ref")
    {
        Description = "Reference statistics: a file of 'evaluate ref', or of EDM or ADM.", HelpName = "NPZ",
    };

    private readonly Option<string> _metrics = new("--metrics")
    {
        Description = "Some of fid, kid, is, pr, dc, acc, cfid.", HelpName = "LIST", DefaultValueFactory = _ => "fid",
    };

    private readonly Option<int?> _num = Flag.OptionalInteger(
        "--num", "Images: fewer are an error, of more a random subset is taken [all; 10000 when sampling].", 2, 10_000_000);

    private readonly Option<int> _seed = Flag.Integer("--seed", "Seed of subsets and resamples.", 0, 0, int.MaxValue);

    private readonly Option<string?> _seeds = new("--seeds")
    {
        Description = "Seeds of the sampled images [0 to --num - 1].", HelpName = "LIST",
    };

    private readonly Option<int?> _class = Flag.OptionalInteger("--class", "Class of all sampled images [drawn for each].", 0, int.MaxValue);
    private readonly Option<int> _batch = Flag.Integer("--batch", "Images that run together.", 64, 1, 1 << 20);
    private readonly Option<double?> _guidance = Flag.OptionalNumber("--guidance", "Guidance weight w [1, off]; doubles the NFE.");

    private readonly Option<string?> _sampler = new("--sampler")
    {
        Description = "Sampler file, instead of the flags below.", HelpName = "FILE.sampler.json",
    };

    private readonly Option<int> _kidSubsets = Flag.Integer("--kid-subsets", "Subsets of kid.", 100, 1, 1_000_000);
    private readonly Option<int> _kidSize = Flag.Integer("--kid-subset-size", "Images in a subset of kid.", 1000, 2, 1_000_000);
    private readonly Option<int> _splits = Flag.Integer("--is-splits", "Splits of the inception score.", 10, 1, 100_000);

    private readonly Option<int?> _bootstrap = Flag.OptionalInteger(
        "--bootstrap", "Resamples for the error of fid, 0 for none [20 up to 512 features].", 0, 100_000);

    private readonly FeatureFlags _features = new();
    private readonly SamplerFlags _flags = new();

    public static Command Create()
    {
        var evaluate = new EvaluateCommand();
        var command = new Verb("evaluate", "Measure images, or a model sampled on the fly, against reference statistics.")
        {
            Examples =
            [
                "diffusharp evaluate ref --data fashion-mnist --dest fashion-mnist.npz",
                "diffusharp evaluate --images out --ref fashion-mnist.npz --metrics fid,kid,is,pr",
                "diffusharp evaluate --network model.safetensors --num 10000 --steps 10 --ref fashion-mnist.npz --metrics fid,acc",
                "diffusharp evaluate --images photos.zip --features inception.pt --ref cifar10-32x32.npz --num 50000 --json",
            ],
        };
        foreach (var option in evaluate.Own)
        {
            command.Add(option);
        }

        evaluate._features.AddTo(command);
        evaluate._flags.AddTo(command);
        command.Add(CommonOptions.Device);
        command.Add(CommonOptions.Threads);
        command.Add(CommonOptions.Json);
        command.Add(EvaluateRefCommand.Create());
        command.Runs(evaluate.Run);
        return command;
    }

    private IReadOnlyList<Option> Own =>
    [
        _images, _network, _reference, _metrics, _num, _seed, _seeds, _class, _batch, _guidance, _sampler, _kidSubsets, _kidSize, _splits, _bootstrap,
    ];

    private int Run(Invocation run)
    {
        var options = new EvaluationOptions
        {
            Metrics = MetricNames.Parse(run.Get(_metrics)!),
            Seed = (ulong)run.Get(_seed),
            KidSubsets = run.Get(_kidSubsets),
            KidSubsetSize = run.Get(_kidSize),
            InceptionSplits = run.Get(_splits),
            Bootstrap = run.Get(_bootstrap),
        };
        options.Validate();
        var device = CommonOptions.OpenDevice(run);
        using var reference = run.Get(_reference) is { } path ? ReferenceFile.Read(path) : null;
        using var extractor = _features.Open(run, device);
        reference?.RequireProtocol(extractor.Protocol);
        var perClass = options.Metrics.Contains(MetricKind.ClassFrechet);
        using var images = run.Get(_images) is { } data ? FromDataset(run, data, extractor, perClass) : FromModel(run, extractor, perClass, device);
        IReadOnlyList<MetricValue> values = [];
        run.WithProgress("measuring", _ => values = new Evaluator(images, reference, options).Run(run.Cancellation));
        EvaluationReport.Write(run, values, extractor.Protocol, reference, run.Get(_seed));
        return ExitCode.Success;
    }

    private FeatureSet FromDataset(Invocation run, string data, IFeatureExtractor extractor, bool perClass)
    {
        if (new Option[] { _network, _seeds, _class, _guidance, _sampler }.FirstOrDefault(run.Has) is { } flag)
        {
            throw new InvalidInputException($"{flag.Name} and --images: the one samples a model, the other reads images; give one of the two");
        }

        using var dataset = ImageDataset.Open(data, new ImageDatasetOptions { MaxSize = run.Get(_num), Seed = run.Get(_seed) });
        if (run.Get(_num) is { } num && dataset.Count < num)
        {
            throw new InvalidInputException($"{data}: {dataset.Count} images, --num asks for {num}; make more or ask for fewer");
        }

        FeatureSet? images = null;
        run.WithProgress("features", report =>
        {
            var batches = DatasetBatches.Read(dataset, run.Get(_batch), new InlineProgress<double>(report));
            images = FeatureCollector.Collect(extractor, batches, perClass: perClass, cancellation: run.Cancellation);
        });
        return images!;
    }

    private FeatureSet FromModel(Invocation run, IFeatureExtractor extractor, bool perClass, Device device)
    {
        const int UsualNumber = 10_000;
        var seeds = run.Get(_seeds) is { } list ? SeedList.Parse(list) : [.. Enumerable.Range(0, run.Get(_num) ?? UsualNumber).Select(i => (long)i)];
        if (run.Get(_num) is { } num && num != seeds.Count)
        {
            throw new InvalidInputException($"--num {num}: --seeds names {seeds.Count}; give one of the two");
        }

        var path = ShippedModel.Or(run.Get(_network));
        var ready = _flags.Ready(run, run.Get(_sampler), path, guided: run.Has(_guidance));
        using var model = GuidedModel.Load(path, run.Get(_guidance), reference: null, device, Gallery.HasRealTimes(ready));
        var sampler = ready ?? _flags.Create(run, file: null, model.Denoiser);
        var generator = new ImageGenerator(
            model.Denoiser, sampler.Tableau, new ImageGeneratorOptions { Seeds = seeds, Class = run.Get(_class), Batch = run.Get(_batch) });
        FeatureSet? images = null;
        run.WithProgress("sampling", report =>
        {
            var batches = GeneratedBatches.Read(generator, new InlineProgress<GenerationProgress>(p => report(p.Fraction)), run.Cancellation);
            images = FeatureCollector.Collect(extractor, batches, perClass: perClass, cancellation: run.Cancellation);
        });
        return images!;
    }
}
