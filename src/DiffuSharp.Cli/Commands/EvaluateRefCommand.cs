using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Cli.Sharding;
using DiffuSharp.Data;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp evaluate ref</c>: reference statistics of a data set.</summary>
internal sealed class EvaluateRefCommand
{
    private const int LargestClassDimension = 256;

    private readonly Option<string> _data = new("--data")
    {
        Description = "Zip, folder, idx file or npz of samples (arr_0), or fashion-mnist, fashion-mnist:test.", HelpName = "DATA", Required = true,
    };

    private readonly Option<string> _dest = new("--dest") { Description = "File to write.", HelpName = "NPZ", Required = true };

    private readonly Option<int> _subset = Flag.Integer(
        "--subset", "Images whose features are kept for kid, pr and dc, chosen by --seed.", 10_000, 0, 1_000_000);

    private readonly Option<int> _seed = Flag.Integer("--seed", "Seed of the subset.", 0, 0, int.MaxValue);
    private readonly Option<int> _batch = Flag.Integer("--batch", "Images that run together.", 64, 1, 1 << 20);
    private readonly FeatureFlags _features = new();

    public static Command Create()
    {
        var reference = new EvaluateRefCommand();
        var command = new Verb("ref", "Write the reference statistics of a data set.")
        {
            Examples = ["diffusharp evaluate ref --data fashion-mnist --dest fashion-mnist.npz"],
            WorksInRanks = true,
        };
        command.AddAll(reference._data, reference._dest, reference._subset, reference._seed, reference._batch, ShardFlag.Option);

        reference._features.AddTo(command, reference: false);
        command.Add(CommonOptions.Device);
        command.Add(CommonOptions.Threads);
        command.Add(CommonOptions.Json);
        command.Runs(reference.Run);
        return command;
    }

    /// <summary>What is collected of a data set.</summary>
    public static FeatureCollectorOptions Options(int images, int subset, int seed, FeatureProtocol protocol, IReadOnlyList<string>? classNames) => new()
    {
        Kept = FeatureCollector.Subset(images, subset, seed), PerClass = protocol.FeatureDim <= LargestClassDimension, Spatial = true, ClassNames = classNames,
    };

    private int Run(Invocation run)
    {
        var share = ShardFlag.Get(run);
        var path = share is { } part ? ShardName.File(run.Get(_dest)!, part) : run.Get(_dest)!;
        using var hold = run.Writes ? WriterLock.Whole(path) : null;
        var device = CommonOptions.OpenDevice(run);
        using var extractor = _features.Open(run, device);
        using var dataset = ImageDataset.Open(run.Get(_data)!);
        var options = Options(dataset.Count, run.Get(_subset), run.Get(_seed), extractor.Protocol, dataset.LabelNames);
        FeatureSet? collected = null;
        run.WithProgress("features", report =>
        {
            var source = new DatasetBatchSource(dataset, run.Get(_batch), new InlineProgress<double>(report));
            if (share is { } own)
            {
                FeatureShard.Write(path, ReferencePlan.Kind, own, Invocation.ToJson(Plan(run, dataset, extractor.Protocol)), ShardedPieces.Compute(extractor, [source], own, options, run.Cancellation));
            }
            else
            {
                collected = FeatureCollector.Collect(extractor, source, options, run.Group, run.Cancellation);
            }
        });
        if (share is not null)
        {
            run.WriteLine(path);
        }

        using (collected)
        {
            if (collected is not null)
            {
                Write(run, path, dataset.Name, collected);
            }
        }

        return ExitCode.Success;
    }

    private ReferencePlan Plan(Invocation run, IImageDataset dataset, FeatureProtocol protocol) => new()
    {
        Protocol = protocol.ToJson(), Dataset = dataset.Name, Images = dataset.Count, Batch = run.Get(_batch), Subset = run.Get(_subset), Seed = run.Get(_seed),
        ClassNames = dataset.LabelNames,
    };

    /// <summary>Writes a reference and says so.</summary>
    public static void Write(Invocation run, string path, string dataset, FeatureSet collected)
    {
        ReferenceFile.Write(path, new ReferenceStatistics
        {
            Statistics = collected.Statistics,
            SpatialStatistics = collected.SpatialStatistics,
            Protocol = collected.Protocol,
            Dataset = dataset,
            Features = collected.Features.size(0) > 0 ? collected.Features : null,
            ClassStatistics = collected.ClassStatistics,
            ClassNames = collected.ClassNames,
        });
        var hash = FileHash.Sha256(path);
        if (run.Json)
        {
            run.WriteJson(new
            {
                File = path,
                Sha256 = hash,
                Images = collected.Count,
                Features = collected.Features.size(0),
                Dimension = collected.Statistics.Dimension,
                Classes = collected.ClassStatistics.Count,
                Protocol = collected.Protocol.Name,
                FeaturesSha256 = collected.Protocol.Sha256,
            });
            return;
        }

        run.Console.WriteFacts(
        [
            ("file", $"{path}, SHA-256 {hash}"),
            ("images", $"{collected.Count}, features of {collected.Features.size(0)} kept"),
            ("protocol", $"{collected.Protocol.Name}, {collected.Statistics.Dimension} features of {collected.Protocol.Layer}, weights {collected.Protocol.Sha256}"),
        ]);
    }
}
