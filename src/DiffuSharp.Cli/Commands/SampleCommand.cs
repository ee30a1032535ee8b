using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Cli.Sharding;
using DiffuSharp.Dealing;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp sample</c>: images from a model.</summary>
internal sealed class SampleCommand
{
    private readonly Option<string> _outdir = new("--outdir", "--dest")
    {
        Description = "Folder for the images.", HelpName = "DIR", DefaultValueFactory = _ => "out",
    };

    private readonly Option<string> _seeds = new("--seeds")
    {
        Description = "Seeds, one for each image: numbers and ranges, 1,2,5-10.", HelpName = "LIST", DefaultValueFactory = _ => "0-63",
    };

    private readonly Option<bool> _subdirs = new("--subdirs") { Description = "A sub-folder for every 1000 seeds." };

    private readonly Option<bool> _grid = new("--grid")
    {
        Description = "Also write grid.png, the first 64 images side by side (--grid false for none).", DefaultValueFactory = _ => true,
    };

    private readonly Option<string?> _npz = new("--npz")
    {
        Description = "Also write all images as one npz: arr_0 [N,H,W,C], arr_1 classes, seeds.", HelpName = "FILE.npz",
    };

    private readonly Option<string?> _predictions = new("--predictions")
    {
        Description = "Also write a picture of how the first 16 images come about: the predicted clean image at up to 10 rows of the sampler, and the sample.",
        HelpName = "FILE.png",
    };

    private readonly ClassFlag _class = new();
    private readonly Option<int> _batch = Flag.Integer("--batch", "Images that run together.", 64, 1, 1 << 20);
    private readonly DenoiserFlags _denoiser = new();

    private readonly Option<string?> _sampler = new("--sampler")
    {
        Description = "Sampler file, instead of the flags below.", HelpName = "FILE.sampler.json",
    };

    private readonly SamplerFlags _flags = new(learned: true);

    public static Command Create()
    {
        var options = new SampleCommand();
        var command = new Verb("sample", "Make images with a model; without flags, 64 images of the shipped model into out/.")
        {
            Examples =
            [
                "diffusharp sample",
                "diffusharp sample --class 7 --seeds 0-9 --steps 10 --outdir sneakers",
                "diffusharp sample --solver unipc-3 --nfe 8 --outdir fast",
                "diffusharp sample --seeds 0-7 --predictions progress.png",
                "diffusharp sample --network model.safetensors --sampler fast.sampler.json --seeds 0-49999 --subdirs",
                "diffusharp sample --steps 32 --S_churn 20 --S_min 0.05 --S_max 50 --S_noise 1.003",
                "diffusharp sample --seeds 0-49999 --outdir out --shard 0/16",
            ],
            WorksInRanks = true,
        };
        command.AddAll(options.Own);

        options._flags.AddTo(command);
        command.Add(CommonOptions.Device);
        command.Add(CommonOptions.Threads);
        command.Add(CommonOptions.Json);
        command.Runs(options.Run);
        return command;
    }

    private IReadOnlyList<Option> Own =>
        [CommonOptions.Network, _outdir, CommonOptions.Overwrite, _seeds, _subdirs, _grid, _npz, _predictions, _class.Option, _batch, ShardFlag.Option, .. _denoiser.All, _sampler];

    private int Run(Invocation run)
    {
        var seeds = SeedList.Parse(run.Get(_seeds)!);
        var path = CommonOptions.NetworkPath(run);
        var share = ShardFlag.Get(run);
        if (share is not null && new Option[] { _npz, _predictions }.FirstOrDefault(run.Has) is { } whole)
        {
            throw new InvalidInputException($"{whole.Name} and {ShardFlag.Option.Name}: a shard is a part; give {_npz.Name} to 'merge'");
        }

        var outdir = share is { } part ? ShardName.Folder(run.Get(_outdir)!, part) : run.Get(_outdir)!;
        var device = CommonOptions.OpenDevice(run);
        var chosen = _flags.Ready(run, run.Get(_sampler), path, guided: _denoiser.IsGuided(run));
        using var pipeline = _denoiser.Open(run, path, device);
        var denoiser = pipeline.DenoiserFor(chosen);
        var sampler = chosen.Build(denoiser);
        var label = _class.Number(run, denoiser, pipeline.ClassNames);
        var predictions = run.Get(_predictions) is { } picture && run.Writes ? new PredictionPicture(picture, sampler.Tableau) : null;
        var options = new ImageGeneratorOptions { Seeds = seeds, Class = label, Batch = run.Get(_batch) };
        var generator = new ImageGenerator(denoiser, sampler.Tableau, options)
        {
            Observer = predictions is null ? null : predictions.Observe, Group = run.Group, Share = share ?? Share.Whole,
        };
        if (!run.Writes)
        {
            return generator.Generate(cancellation: run.Cancellation).Any() ? ExitCode.Defect : ExitCode.Success; // They go to the first rank.
        }

        var archive = run.Get(_npz) is { } npz ? new SampleArchive(npz, seeds.Count, denoiser.Shape, pipeline.ClassNames) : null;
        using var npzHold = run.Hold(_npz);
        using var pictureHold = run.Hold(_predictions);
        var metadata = _denoiser.AddTo(sampler.Metadata, run);
        using var folder = new SampleFolder(outdir, run.Get(_subdirs), run.Get(_grid) && share is null, pipeline.ClassNames);
        folder.Prepare(SampleRecord.Of(path, metadata, sampler.Tableau, denoiser, label), run.Get(CommonOptions.Overwrite));
        var classes = new List<int>();
        run.WithProgress("sampling", report =>
        {
            foreach (var batch in generator.Generate(new InlineProgress<GenerationProgress>(p => report(p.Fraction)), run.Cancellation))
            {
                folder.Write(batch);
                archive?.Add(batch);
                classes.AddRange(batch.Where(_ => share is not null).Select(image => image.Class).OfType<int>());
            }
        });
        archive?.Write();
        predictions?.Write();
        if (share is { } done)
        {
            new SampleShard { Share = done, Plan = Plan(run, path, metadata, options), Classes = denoiser.LabelDim > 0 ? classes : null }.Write(outdir);
        }

        var files = folder.Finish() with { Predictions = predictions?.Path };
        SampleReport.Write(run, path, metadata, seeds, generator.Cost, files);
        return ExitCode.Success;
    }

    private SamplePlan Plan(Invocation run, string path, SamplerMetadata sampler, ImageGeneratorOptions options) => new()
    {
        ModelSha256 = WeightHash.Sha256(path), Sampler = sampler, Seeds = run.Get(_seeds)!, Class = options.Class, Batch = options.Batch,
        Subdirs = run.Get(_subdirs), Grid = run.Get(_grid),
    };
}
