using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Cli.Sharding;
using DiffuSharp.Data;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Metrics.Measures;
using DiffuSharp.Networks;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp evaluate</c>: how good images are.</summary>
internal sealed class EvaluateCommand
{
    private const string Subsets = "random subsets";

    private readonly Option<string?> _images = new("--images")
    {
        Description = "Zip, folder, idx file or npz of samples (arr_0), or fashion-mnist, fashion-mnist:test.", HelpName = "DATA",
    };

    private readonly Option<string?> _network = new("--network", "--net")
    {
        Description = "Sample this model instead of reading images [the shipped one].", HelpName = "FILE",
    };

    private readonly RecipeFlags<Metric> _metrics = new("--metrics", "What is measured, several joined by + or commas:", "fid");

    private readonly Option<int?> _num = Flag.OptionalInteger(
        "--num", "Images: fewer are an error, of more a random subset is taken [all; 10000 when sampling].", 2, 10_000_000);

    private readonly Option<int> _seed = Flag.Integer("--seed", "Seed of subsets and resamples.", 0, 0, int.MaxValue);

    private readonly Option<string?> _seeds = new("--seeds")
    {
        Description = "Seeds of the sampled images [0 to --num - 1].", HelpName = "LIST",
    };

    private readonly Option<int> _repeat = Flag.Integer(
        "--repeat", "Measure so many ranges of seeds of that width, or random subsets of --images: mean and standard deviation.", 1, 1, 10_000);

    private readonly ClassFlag _class = new("sampled images");
    private readonly Option<int> _batch = Flag.Integer("--batch", "Images that run together.", 64, 1, 1 << 20);
    private readonly DenoiserFlags _denoiser = new();

    private readonly Option<string?> _sampler = new("--sampler")
    {
        Description = "Sampler file, instead of the flags below.", HelpName = "FILE.sampler.json",
    };

    private readonly Option<string?> _dest = new("--dest") { Description = "With --shard: file for the features of the part, whose number is added.", HelpName = "FILE" };

    private readonly FeatureFlags _features = new();
    private readonly SamplerFlags _flags = new(learned: true);

    public static Command Create()
    {
        var evaluate = new EvaluateCommand();
        var command = new Verb("evaluate", "Measure images, or a model sampled on the fly, against reference statistics.")
        {
            Examples =
            [
                "diffusharp evaluate --images out --metrics fid,kid,is,pr",
                "diffusharp evaluate --network model.safetensors --seeds 0-4999 --repeat 3 --steps 10 --metrics fid,acc",
                "diffusharp evaluate ref --data photos.zip --features inception.pt --dest photos.npz",
                "diffusharp evaluate --images photos.zip --features inception.pt --ref cifar10-32x32.npz --num 50000 --json",
                "diffusharp evaluate --num 50000 --shard 0/16 --dest fid",
            ],
            WorksInRanks = true,
        };
        command.AddAll(evaluate.Own);

        evaluate._features.AddTo(command, reference: true);
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
        _images, _network, _metrics.Spec, _num, _seed, _seeds, _repeat, _class.Option, _batch, .. _denoiser.All, _sampler, .. _metrics.Options, ShardFlag.Option, _dest,
    ];

    private int Run(Invocation run)
    {
        var repeats = run.Get(_repeat);
        var metrics = _metrics.GetAll(run, [.. RecipeText.SplitList(run.Get(_metrics.Spec)!)], []);
        var options = new EvaluationOptions
        {
            Metrics = repeats > 1 ? [.. metrics.Select(metric => metric.WithoutResamples())] : metrics, // Repeats show the spread themselves.
            Seed = (ulong)run.Get(_seed),
        };
        options.Validate();
        var device = CommonOptions.OpenDevice(run);
        using var extractor = _features.Open(run, device);
        using var reference = _features.OpenReference(run, extractor.Protocol);
        reference?.RequireProtocol(extractor.Protocol);
        var share = ShardFlag.Get(run);
        run.RequireRead(share is not null, ShardFlag.Option.Name, _dest);
        var shard = share is { } part
            ? new EvaluationShard(run.Get(_dest) ?? throw new InvalidInputException("--dest is missing: name a file for the features of the shard"), part, extractor, reference, options)
            : null;
        using var hold = shard is null ? null : WriterLock.Whole(shard.Path);
        var (values, source) = run.Get(_images) is { } data
            ? FromDataset(run, data, extractor, reference, options, shard)
            : FromModel(run, extractor, reference, options, device, shard);
        if (shard is not null)
        {
            run.WriteLine(shard.Path);
        }
        else if (run.Writes)
        {
            EvaluationReport.Write(run, values, extractor.Protocol, reference, source);
        }

        return ExitCode.Success;
    }

    private (IReadOnlyList<MetricValue> Values, EvaluationSource Source) FromDataset(
        Invocation run, string data, IFeatureExtractor extractor, ReferenceStatistics? reference, EvaluationOptions options, EvaluationShard? shard)
    {
        if ((Array.Find<Option>([_network, _seeds, _class.Option, .. _denoiser.All, _sampler], run.Has) ?? _flags.Given(run)) is { } flag)
        {
            throw new InvalidInputException($"{flag.Name} and --images: the one samples a model, the other reads images; give one of the two");
        }

        var repeats = run.Get(_repeat);
        if (repeats > 1 && !run.Has(_num))
        {
            throw new InvalidInputException("--repeat: of --images it takes random subsets; say with --num of how many images each");
        }

        var subsets = repeats > 1 ? $", {repeats} random subsets" : "";
        var origin = new EvaluationSource { Images = $"{data}{subsets}", Seed = run.Get(_seed), Repeats = repeats };
        List<IReadOnlyList<MetricValue>> values = [];
        run.WithProgress("measuring", report =>
        {
            IImageDataset[] sets = [.. Enumerable.Range(0, repeats).Select(i => Open(run, data, i, extractor, reference, options))];
            try
            {
                var sources = sets.Select((set, i) => new DatasetBatchSource(
                    set, run.Get(_batch), new InlineProgress<double>(part => report((i + part) / repeats))));
                if (shard is not null)
                {
                    shard.Write(sources, origin, Subsets, run.Get(_batch), sets[0].Count, sets[0].LabelNames, run.Cancellation);
                    return;
                }

                var collected = FeatureCollectorOptions.For(options, extractor.Protocol) with { ClassNames = sets[0].LabelNames };
                foreach (var source in sources)
                {
                    using var images = FeatureCollector.Collect(extractor, source, collected, run.Group, run.Cancellation);
                    if (images is not null)
                    {
                        values.Add(new Evaluator(images, reference, options).Run(run.Cancellation));
                    }
                }
            }
            finally
            {
                Array.ForEach(sets, set => set.Dispose());
            }
        });
        return (values.Count == 0 ? [] : MetricRepeats.Join(values, Subsets), origin);
    }

    private IImageDataset Open(
        Invocation run, string data, int repeat, IFeatureExtractor extractor, ReferenceStatistics? reference, EvaluationOptions options)
    {
        var dataset = ImageDataset.Open(data, new ImageDatasetOptions
        {
            MaxSize = run.Get(_num),
            Seed = run.Get(_seed) + repeat,
            Remarks = repeat > 0 ? null : run.Remarks,
        });
        try
        {
            if (run.Get(_num) is { } num && dataset.Count < num)
            {
                throw new InvalidInputException($"{data}: {dataset.Count} images, --num asks for {num}; make more or ask for fewer");
            }

            var classes = dataset.LabelCount > 0 ? new ClassList(dataset.Name, dataset.LabelCount, dataset.LabelNames) : null;
            Evaluator.RequirePossible(options, extractor, classes, reference);
            return dataset;
        }
        catch
        {
            dataset.Dispose();
            throw;
        }
    }

    private (IReadOnlyList<MetricValue> Values, EvaluationSource Source) FromModel(
        Invocation run, IFeatureExtractor extractor, ReferenceStatistics? reference, EvaluationOptions options, Device device, EvaluationShard? shard)
    {
        const int UsualNumber = 10_000;
        var list = run.Get(_seeds) ?? $"0-{(run.Get(_num) ?? UsualNumber) - 1}";
        var seeds = SeedList.Parse(list);
        if (run.Get(_num) is { } num && num != seeds.Count)
        {
            throw new InvalidInputException($"--num {num}: --seeds names {seeds.Count}; give one of the two");
        }

        var path = ShippedModel.Or(run.Get(_network));
        var chosen = _flags.Ready(run, run.Get(_sampler), path, guided: _denoiser.IsGuided(run));
        using var pipeline = _denoiser.Open(run, path, device);
        var denoiser = pipeline.DenoiserFor(chosen);
        var sampler = chosen.Build(denoiser);
        var evaluation = new ModelEvaluation(denoiser, sampler.Tableau, extractor, reference, options, pipeline.ClassNames) { Group = run.Group };
        var images = new ImageGeneratorOptions { Seeds = seeds, Class = _class.Number(run, denoiser, pipeline.ClassNames), Batch = run.Get(_batch) };
        var repeats = run.Get(_repeat);
        var origin = new EvaluationSource
        {
            Images = path,
            ModelSha256 = WeightHash.Sha256(path),
            Class = images.Class,
            Seed = run.Get(_seed),
            Repeats = repeats,
            Seeds = list,
            Sampler = _denoiser.AddTo(sampler.Metadata, run),
        };
        IReadOnlyList<MetricValue> values = [];
        run.WithProgress("sampling", report =>
        {
            if (shard is null)
            {
                values = evaluation.Run(images, repeats, new InlineProgress<double>(report), run.Cancellation);
                return;
            }

            var sources = evaluation.Ranges(images, repeats).Select((range, i) => new GeneratedBatchSource(
                new ImageGenerator(denoiser, sampler.Tableau, range),
                new InlineProgress<GenerationProgress>(p => report((i + p.Fraction) / repeats)), run.Cancellation));
            shard.Write(sources, origin, ModelEvaluation.RangesName, images.Batch, seeds.Count, pipeline.ClassNames, run.Cancellation);
        });
        return (values, origin with { Nfe = evaluation.Cost.Nfe });
    }
}
