using System.CommandLine;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Sampling.Importing;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp sampler import</c>: the sampler that a scheduler of the diffusers library describes.</summary>
internal static class SamplerImportCommand
{
    public static Verb Create()
    {
        var scheduler = new Argument<string>("SCHEDULER") { Description = "scheduler_config.json of the diffusers library." };
        var file = new Argument<string>("FILE") { Description = "File to write, *.sampler.json." };
        var steps = Flag.Integer("--steps", "Its num_inference_steps.", 50, 1, 100_000);
        var eta = Flag.OptionalNumber("--eta", "eta of DDIM's steps [0].");
        var verb = new Verb("import", "Write the sampler of a scheduler of the diffusers library, exactly, or name what it has that is not supported.")
        {
            Examples = ["diffusharp sampler import scheduler_config.json ddim50.sampler.json --steps 50"],
        };
        verb.AddAll([steps, eta]);
        verb.Add(scheduler);
        verb.Add(file);
        verb.Add(CommonOptions.Json);
        verb.Runs(run =>
        {
            var path = run.Get(file)!;
            using var hold = WriterLock.Whole(path);
            var sampler = DiffusersScheduler.Load(run.Get(scheduler)!, run.Get(steps), run.Get(eta) ?? 0);
            sampler.Save(path);
            var clips = sampler.Metadata.Options.Any(option => option.Key == DiffusersScheduler.ClipDenoised);
            if (run.Json)
            {
                run.WriteJson(new { File = path, sampler.Tableau.Nfe, ClipDenoised = clips });
                return ExitCode.Success;
            }

            run.WriteLine($"{path}: {sampler.Metadata.Solver}, NFE {sampler.Tableau.Nfe}");
            if (clips)
            {
                run.WriteLine("it limits predicted images to [-1, 1]: sample with --clip-denoised");
            }

            return ExitCode.Success;
        });
        return verb;
    }
}
