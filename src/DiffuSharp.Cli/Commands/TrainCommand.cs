using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Training;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp train</c>: train a model, or go on training one.</summary>
internal sealed class TrainCommand
{
    private readonly TrainFlags _flags = new();

    private readonly Option<string> _outdir = new("--outdir", "--dest")
    {
        Description = "Folder of the run directories.", HelpName = "DIR", DefaultValueFactory = _ => "training-runs",
    };

    private readonly Option<string?> _preset = new("--preset")
    {
        Description = $"A named run: {string.Join(", ", TrainingPresets.Names)}; other flags change it.", HelpName = "NAME",
    };

    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Go on with a run directory, from a training state, or with the latest run of --outdir.", HelpName = "PATH|latest",
    };

    private readonly Option<bool> _override = new("--override")
    {
        Description = "Resume although hyper-parameters differ, or from an earlier state: later ones are removed.",
    };

    private readonly Option<bool> _nosubdir = new("--nosubdir") { Description = "Write into --outdir itself." };
    private readonly Option<int?> _maxSeconds = Flag.OptionalInteger("--max-seconds", "Save and stop after that time.", 1, int.MaxValue);
    private readonly Option<bool> _dryRun = new("--dry-run", "-n") { Description = "Print the options and stop." };

    public static Command Create()
    {
        var train = new TrainCommand();
        var command = new Verb("train", "Train a diffusion model; resumes exactly where a run was stopped or killed.")
        {
            Examples =
            [
                "diffusharp train --preset fashion-mnist",
                "diffusharp train --data photos-64.zip --arch ddpmpp --duration 50 --batch 256 --batch-gpu 32 --device cuda",
                "diffusharp train --resume latest",
                "diffusharp launch --nproc 8 train --preset fashion-mnist --device cuda",
            ],
            WorksInRanks = true,
        };
        command.AddAll(
        [
            .. train._flags.All, train._outdir, train._preset, train._resume, train._override, train._nosubdir, train._maxSeconds, train._dryRun,
            CommonOptions.Device, CommonOptions.Threads, CommonOptions.Json,
        ]);

        command.Runs(train.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        if (run.Has(_resume) && run.Has(_preset))
        {
            throw new InvalidInputException("--resume and --preset: a run goes on with its own options; leave --preset out");
        }

        var earlier = Earlier(run);
        var saved = earlier?.ReadOptions();
        var preset = run.Get(_preset) is { } name ? TrainingPresets.Find(name) : null;
        var options = _flags.Apply(run, saved ?? preset);
        if (options.Data.Length == 0)
        {
            throw new InvalidInputException(
                "--data is missing: name a zip, a folder, an idx file or fashion-mnist, or use --preset fashion-mnist");
        }

        TimeSpan? limit = run.Get(_maxSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        var classes = options.Cond ? earlier?.LabelNames(State(run)) : null;
        using var trainer = new Trainer(options, classes: classes, remarks: run.Remarks, group: run.Group) { MaxTime = limit, AllowEarlierState = run.Get(_override) };
        if (saved is not null && !run.Get(_override))
        {
            saved.RequireSame(trainer.Options);
        }

        if (run.Get(_dryRun))
        {
            run.WriteLine(trainer.Options.ToJson());
            return ExitCode.Success;
        }

        if (!run.Writes)
        {
            return trainer.Follow(run.Cancellation) == TrainingOutcome.Cancelled ? ExitCode.Interrupted : ExitCode.Success;
        }

        var directory = earlier ?? Create(run, trainer);
        var result = Train(run, trainer, directory);
        Write(run, directory, result);
        return result.Outcome == TrainingOutcome.Cancelled ? ExitCode.Interrupted : ExitCode.Success;
    }

    private RunDirectory? Earlier(Invocation run) => run.Get(_resume) switch
    {
        null => null,
        "latest" => RunDirectory.OpenLatest(run.Get(_outdir)!),
        var path => RunDirectory.Open(path),
    };

    private RunDirectory Create(Invocation run, Trainer trainer)
    {
        trainer.ReadImages(run.Cancellation); // Bad data must leave nothing behind.
        return run.Get(_nosubdir)
            ? RunDirectory.CreateIn(run.Get(_outdir)!)
            : RunDirectory.Create(run.Get(_outdir)!, trainer.RunName);
    }

    private string? State(Invocation run) => run.Get(_resume) is { } path && File.Exists(path) ? path : null;

    private TrainingResult Train(Invocation run, Trainer trainer, RunDirectory directory)
    {
        TrainingResult? result = null;
        TrainingDisplay.Run(run.Errors, progress => result = trainer.Run(directory, State(run), progress, run.Cancellation));
        return result!;
    }

    private static void Write(Invocation run, RunDirectory directory, TrainingResult result)
    {
        if (run.Json)
        {
            run.WriteJson(new
            {
                Outcome = result.Outcome.ToString(),
                Run = directory.Path,
                Kimg = result.ImagesSeen / 1000.0,
                result.Snapshot,
                result.State,
            });
        }
        else
        {
            run.WriteLine(result.Snapshot);
        }
    }
}
