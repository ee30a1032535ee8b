using System.CommandLine;
using System.Diagnostics;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Pipelines;
using DiffuSharp.Reports;
using DiffuSharp.Sampling;
using DiffuSharp.Tuning;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp tune</c>: learn a few-step sampler for a frozen model.</summary>
internal sealed class TuneCommand
{
    private readonly Option<string?> _network = new("--network", "--net", "--model")
    {
        Description = "Model file [the shipped one]; it is not changed.", HelpName = "FILE",
    };

    private readonly Option<string> _outdir = new("--outdir")
    {
        Description = "Folder of this run.", HelpName = "DIR", DefaultValueFactory = _ => "tuning-run",
    };

    private readonly Option<string?> _dest = new("--dest") { Description = "Also write the learned sampler here.", HelpName = "FILE.sampler.json" };
    private readonly Option<string?> _plot = new("--plot")
    {
        Description = "Plot of levels and coefficients beside the base's, *.svg, *.html or *.json [tune.html in --outdir].", HelpName = "FILE",
    };

    private readonly Option<bool> _resume = new("--resume") { Description = "Go on with the run in --outdir, exactly; give the same options." };
    private readonly FamilyFlags _family = new();
    private readonly LossFlags _loss = new();
    private readonly TunerFlags _tuner = new();

    public static Command Create()
    {
        var tune = new TuneCommand();
        var command = new Verb("tune", "Learn a few-step sampler for a frozen model (DDSS); 'sample --sampler FILE' runs it.")
        {
            Examples =
            [
                "diffusharp tune --nfe 5 --outdir tuning-5 --dest fast.sampler.json",
                "diffusharp tune --start tuning-5/learned.sampler.json --loss fid --batch 256 --lr 0.004 --outdir tuning-5-fid",
                "diffusharp tune --nfe 5 --family ggdm+pred+time --loss kid --kernel linear --ref fashion-mnist.npz --outdir tuning-ggdm",
                "diffusharp tune --nfe 8 --base dpmpp-3m --loss kid+teacher --ref fashion-mnist.npz --val-features heldout.safetensors --val-ref heldout.npz",
                "diffusharp tune --nfe 5 --outdir tuning-5 --resume",
            ],
        };
        command.AddAll([tune._network, tune._outdir, tune._dest, tune._plot, tune._resume, .. tune._family.All]);

        tune._loss.AddTo(command);
        command.AddAll([.. tune._tuner.All, CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json]);

        command.Runs(tune.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        var path = ShippedModel.Or(run.Get(_network));
        var options = _tuner.Create(run, _loss.HeldoutImages(run), _loss.Pool(run));
        using var folder = new TuneFolder(run.Get(_outdir)!, run.Get(_resume));
        using var destHold = run.Hold(_dest);
        using var plotHold = run.Hold(_plot);
        var plot = new PlotFile(run.Get(_plot) ?? folder.Plot);
        var device = CommonOptions.OpenDevice(run);
        using var model = DenoiserFile.Load(path, device);
        var denoiser = RealTimeDenoiser.Of(model.Denoiser);
        var (family, start) = _family.Create(run, denoiser);
        using var owned = family;
        var hash = WeightHash.Sha256(path);
        var clock = Stopwatch.StartNew();
        using var goal = _loss.Create(run, options, denoiser, family.Freeze(), hash, device);
        var description = LearnedSampler.Describe(
            path, hash, family, start.Metadata, goal.Description, options, realTimes: !ReferenceEquals(denoiser, model.Denoiser));
        var tuner = new Tuner(family, denoiser, goal.Loss, goal.Validation, options)
        {
            StateFile = folder.State, Description = string.Join(", ", description.Select(o => $"{o.Key} {o.Value}")),
        };
        TuningResult? result = null;
        TuningDisplay.Run(run.Errors, goal.Validation.Name, progress => result = tuner.Run(run.Get(_resume), progress, run.Cancellation));
        Finish(run, folder, result!, start.Tableau, description, goal.Validation.Name, (clock.Elapsed.TotalSeconds, denoiser.Evaluations), plot);
        return ExitCode.Success;
    }

    private void Finish(
        Invocation run, TuneFolder folder, TuningResult result, SamplerTableau start, IReadOnlyList<KeyValuePair<string, string>> description, string metric,
        (double Seconds, long Evaluations) cost, PlotFile plot)
    {
        var family = description.First(o => o.Key == "family").Value;
        var sampler = LearnedSampler.File(result, family, description, metric);
        var all = sampler.Metadata.Options;
        sampler.Save(folder.Sampler);
        TuneReport.Write(folder.Report, result, start, all, cost);
        plot.Write(TuningPlot.Create(result, start, metric, $"{family} at {result.Sampler.Nfe} NFE, learned for {description[0].Value}"), run.Cancellation);
        if (run.Get(_dest) is { } dest)
        {
            sampler.Save(dest);
        }

        if (run.Json)
        {
            run.WriteJson(new
            {
                Sampler = run.Get(_dest) ?? folder.Sampler, Outcome = result.Outcome.ToString(), result.Sampler.Nfe, Metric = metric, result.Initial, result.Best,
                result.BestIteration, cost.Seconds, cost.Evaluations, PeakMemoryMib = ProcessMemory.PeakMebibytes, Options = all.ToDictionary(o => o.Key, o => o.Value),
            });
            return;
        }

        run.Console.WriteFacts(
        [
            ("sampler", run.Get(_dest) ?? folder.Sampler),
            ("NFE", $"{result.Sampler.Nfe}"),
            ("validation", $"{metric} {result.Initial:0.00000} -> {result.Best:0.00000} after {result.BestIteration} steps ({result.Outcome})"),
            ("cost", $"{Duration.Text(cost.Seconds)}, {cost.Evaluations} network evaluations forward, teacher included"),
            ("memory", $"{ProcessMemory.PeakMebibytes} MiB at most"),
        ]);
    }
}
