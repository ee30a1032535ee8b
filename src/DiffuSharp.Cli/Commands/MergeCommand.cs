using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Cli.Sharding;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp merge</c>: the whole from its shards, as one process would have made it.</summary>
internal sealed class MergeCommand
{
    private readonly Argument<string[]> _shards = new("SHARDS")
    {
        Description = "Folders of 'sample --shard', or files of 'evaluate --shard' or 'evaluate ref --shard'; or the --outdir or --dest that they were given.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _dest = new("--dest") { Description = "Folder of all images [that of the shards], or file of the reference.", HelpName = "PATH" };

    private readonly Option<string?> _npz = new("--npz") { Description = "Also write all images as one npz, as 'sample --npz' does.", HelpName = "FILE.npz" };

    private readonly Option<string?> _reference = new("--ref")
    {
        Description = "The reference of the shards of 'evaluate' [the shipped one, if it is of the same features].", HelpName = "NPZ",
    };

    public static Command Create()
    {
        var merge = new MergeCommand();
        var command = new Verb("merge", "Join the shards of a job array: images, metrics or reference statistics, equal to those of one process.")
        {
            Examples =
            [
                "diffusharp sample --seeds 0-49999 --outdir out --shard 3/16",
                "diffusharp merge out",
                "diffusharp evaluate --num 50000 --dest fid --shard 3/16",
                "diffusharp merge fid",
            ],
        };
        command.Add(merge._shards);
        command.AddAll(merge._dest, CommonOptions.Overwrite, merge._npz, merge._reference, CommonOptions.Json);
        command.Runs(merge.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        var named = run.Get(_shards)!;
        var paths = Expand(named);
        var folders = paths.Count(Directory.Exists);
        if (folders > 0 && folders < paths.Count)
        {
            throw new InvalidInputException("merge: some of these are folders of images, some files of features; merge shards of one kind");
        }

        if (folders > 0)
        {
            run.RequireRead(isRead: false, "shards of 'evaluate'", _reference);
            MergeImages(run, named[0], paths);
            return ExitCode.Success;
        }

        run.RequireRead(isRead: false, "shards of 'sample'", _npz);
        var files = new List<FeatureShard>();
        try
        {
            files.AddRange(paths.Select(FeatureShard.Open));
            var kind = files[0].Kind;
            if (files.Find(file => file.Kind != kind) is { } other)
            {
                throw new InvalidInputException($"{other.Shard.Path}: is a shard of '{other.Kind}', {files[0].Shard.Path} one of '{kind}'; merge shards of one kind");
            }

            var order = Shard.InOrder([.. files.Select(file => file.Shard)]);
            FeatureShard[] sorted = [.. order.Select(shard => files.Find(file => file.Shard == shard)!)];
            if (kind == EvaluationPlan.Kind)
            {
                run.RequireRead(isRead: false, "images and references", _dest);
                MergeEvaluation(run, sorted);
            }
            else
            {
                run.RequireRead(isRead: false, "shards of 'evaluate'", _reference);
                MergeReference(run, sorted);
            }
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }

        return ExitCode.Success;
    }

    // Shards by their own names, or all that belong to a name.
    private static List<string> Expand(IEnumerable<string> named)
    {
        var paths = new List<string>();
        foreach (var name in named)
        {
            if (File.Exists(name) || (Directory.Exists(name) && SampleShard.IsIn(name)))
            {
                paths.Add(name);
                continue;
            }

            var found = ShardName.Find(name);
            paths.AddRange(found.Count > 0 ? found : throw new InvalidInputException($"{name}: is no shard and holds none; name what --shard wrote, or its --outdir or --dest"));
        }

        return paths;
    }

    private void MergeImages(Invocation run, string named, List<string> paths)
    {
        var read = paths.ConvertAll(path => (Folder: path, Shard: SampleShard.Read(path)));
        var order = Shard.InOrder(read.ConvertAll(shard => shard.Shard.At(shard.Folder)));
        (string Folder, SampleShard Shard)[] shards = [.. order.Select(shard => read.Find(r => r.Folder == shard.Path))];
        var plan = shards[0].Shard.Plan;
        var dest = run.Get(_dest) ?? (SampleShard.IsIn(named) ? throw new InvalidInputException("--dest is missing: name the folder of all images") : named);
        var records = shards.Select(shard => SampleRecord.Read(shard.Folder) ?? throw new InvalidInputException($"{shard.Folder}: has no {SampleRecord.FileName}; make the shard again")).ToList();
        var names = SampleRecord.ClassNames(records);
        using var folder = new SampleFolder(dest, plan.Subdirs, plan.Grid, names);
        using var npzHold = run.Hold(_npz);
        folder.Prepare(records[0] with { Images = [] }, run.Get(CommonOptions.Overwrite));
        SampleArchive? archive = null;
        var count = SeedList.Parse(plan.Seeds).Count;
        var done = 0;
        run.WithProgress("merging", report =>
        {
            foreach (var batch in SampleShard.Images(shards))
            {
                run.Cancellation.ThrowIfCancellationRequested();
                folder.Write(batch);
                archive ??= run.Get(_npz) is { } npz ? new SampleArchive(npz, count, batch[0].Image.Shape, names) : null;
                archive?.Add(batch);
                report((double)(done += batch.Count) / count);
            }
        });
        archive?.Write();
        var files = folder.Finish();
        if (run.Json)
        {
            run.WriteJson(new { Shards = shards.Length, Images = count, files.Outdir, files.Grid });
        }
        else
        {
            run.Console.WriteFacts([("images", $"{count} of {shards.Length} shards in {files.Outdir}")]);
        }
    }

    private void MergeEvaluation(Invocation run, FeatureShard[] shards)
    {
        var plan = Invocation.FromJson<EvaluationPlan>(shards[0].Shard.Plan, shards[0].Shard.Path);
        var protocol = FeatureProtocol.FromJson(plan.Protocol);
        using var reference = FeatureFlags.OpenReference(run.Get(_reference), protocol);
        if (reference?.Sha256 != plan.ReferenceSha256)
        {
            throw new InvalidInputException(
                $"--ref: the shards were made for the reference {plan.ReferenceSha256 ?? "none"}, this is {reference?.Sha256 ?? "none"}; name that of the shards");
        }

        List<IReadOnlyList<MetricValue>> values = [];
        var evaluations = 0L;
        for (var repeat = 0; repeat < plan.Source.Repeats; repeat++)
        {
            var pieces = Enumerable.Range(repeat * plan.Pieces, plan.Pieces).Select(number => shards[number % shards.Length].Read(number));
            var (set, cost) = FeatureCollector.Collect(protocol, pieces, FeatureCollectorOptions.For(plan.Options, protocol) with { ClassNames = plan.ClassNames, LogitNames = plan.LogitNames });
            using (set)
            {
                values.Add(new Evaluator(set!, reference, plan.Options).Run(run.Cancellation));
            }

            evaluations += cost;
        }

        var source = plan.Source with { Nfe = plan.Source.Sampler is null ? null : (double)evaluations / ((long)plan.Images * plan.Source.Repeats) };
        EvaluationReport.Write(run, MetricRepeats.Join(values, plan.RepeatsName), protocol, reference, source);
    }

    private void MergeReference(Invocation run, FeatureShard[] shards)
    {
        var plan = Invocation.FromJson<ReferencePlan>(shards[0].Shard.Plan, shards[0].Shard.Path);
        var dest = run.Get(_dest) ?? throw new InvalidInputException("--dest is missing: name the file of the reference");
        using var hold = run.Hold(_dest);
        var protocol = FeatureProtocol.FromJson(plan.Protocol);
        var pieces = Enumerable.Range(0, plan.Pieces).Select(number => shards[number % shards.Length].Read(number));
        using var collected = FeatureCollector.Collect(protocol, pieces, EvaluateRefCommand.Options(plan.Images, plan.Subset, plan.Seed, protocol, plan.ClassNames)).Set!;
        EvaluateRefCommand.Write(run, dest, plan.Dataset, collected);
    }
}
