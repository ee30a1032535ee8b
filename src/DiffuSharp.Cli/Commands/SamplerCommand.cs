using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp sampler show|save|error|paths</c>: samplers as tableaux.</summary>
internal static class SamplerCommand
{
    public static Command Create() => new("sampler", "Look into samplers, measure them and save them.") { Show(), Save(), SamplerImportCommand.Create(), SamplerErrorCommand.Create(), SamplerPathsCommand.Create() };

    private static Verb Show()
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "Sampler file, instead of the flags.", Arity = ArgumentArity.ZeroOrOne,
        };
        var flags = new SamplerFlags();
        var show = new Verb("show", "Print a sampler's rows, its NFE and the exact marginal of each row.")
        {
            Examples = ["diffusharp sampler show --steps 5", "diffusharp sampler show fast.sampler.json --json"],
        };
        show.Add(file);
        flags.AddTo(show);
        show.Add(CommonOptions.Json);
        show.Runs(run =>
        {
            var sampler = flags.Create(run, run.Get(file)).Build();
            if (run.Json)
            {
                run.WriteJson(TableauReport.Document(sampler));
            }
            else
            {
                TableauReport.Write(run.Console, sampler);
            }

            return ExitCode.Success;
        });
        return show;
    }

    private static Verb Save()
    {
        var file = new Argument<string>("FILE") { Description = "File to write, *.sampler.json." };
        var flags = new SamplerFlags();
        var save = new Verb("save", "Write the sampler that the flags describe to a file.")
        {
            Examples = ["diffusharp sampler save heun10.sampler.json --steps 10"],
        };
        save.Add(file);
        flags.AddTo(save);
        save.Add(CommonOptions.Overwrite);
        save.Add(CommonOptions.Json);
        save.Runs(run =>
        {
            var path = run.Get(file)!;
            if (File.Exists(path) && !run.Get(CommonOptions.Overwrite))
            {
                throw new InvalidInputException($"{path}: is there already; name another file, or --overwrite to replace it");
            }

            using var hold = WriterLock.Whole(path);
            var sampler = flags.Create(run, file: null).Build();
            sampler.Save(path);
            if (run.Json)
            {
                run.WriteJson(new { File = path, sampler.Tableau.Nfe });
            }
            else
            {
                run.WriteLine($"{path}: {sampler.Metadata.Solver}, NFE {sampler.Tableau.Nfe}");
            }

            return ExitCode.Success;
        });
        return save;
    }
}
