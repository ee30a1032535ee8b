using System.CommandLine;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Sampling;
using DiffuSharp.Schedules;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp sampler paths</c>: what schedule and scaling do to the ODE's paths, in one dimension.</summary>
internal static class SamplerPathsCommand
{
    public static Command Create()
    {
        var schedule = Flag.Choice("--schedule", "Noise schedule sigma(t).", "linear", "vp", "ve", "linear");
        var scaling = Flag.Choice("--scaling", "Signal scaling s(t).", "none", "vp", "none");
        var paths = Flag.Integer("--paths", "Number of paths.", 9, 1, 10_000);
        var points = Flag.Integer("--points", "Points of each.", 200, 2, 100_000);
        var sigmaMin = Flag.Number("--sigma_min", "Lowest noise level.", 0.002);
        var sigmaMax = Flag.Number("--sigma_max", "Highest noise level.", 25);
        var command = new Verb("paths", "Print the ODE's paths for data at 1 and -1 as JSON lines: how schedule and scaling bend them.")
        {
            Examples = ["diffusharp sampler paths --schedule vp --scaling vp > vp.jsonl", "diffusharp sampler paths --schedule ve --paths 5"],
        };
        command.AddAll(schedule, scaling, paths, points, sigmaMin, sigmaMax, CommonOptions.Json);

        command.Runs(run =>
        {
            var range = new SigmaRange(run.Get(sigmaMin), run.Get(sigmaMax));
            var noise = NoiseSchedule.Of(Enum.Parse<ScheduleKind>(run.Get(schedule)!, ignoreCase: true), range, VPNoiseSchedule.UsualEpsilon);
            var signal = Scaling.Of(Enum.Parse<ScalingKind>(run.Get(scaling)!, ignoreCase: true), noise);
            var trace = TwoPeakPaths.Trace(noise, signal, range, run.Get(paths), run.Get(points));
            if (run.Json)
            {
                run.WriteJson(new { Schedule = run.Get(schedule), Scaling = run.Get(scaling), Points = trace });
                return ExitCode.Success;
            }

            foreach (var point in trace)
            {
                run.WriteJsonLine(new { Schedule = run.Get(schedule), Scaling = run.Get(scaling), point.Path, point.T, point.Sigma, point.X });
            }

            return ExitCode.Success;
        });
        return command;
    }
}
