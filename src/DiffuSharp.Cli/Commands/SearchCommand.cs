using System.CommandLine;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;
using DiffuSharp.Sampling;
using DiffuSharp.Search;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp search</c>: the best image for each seed that a budget can find.</summary>
internal sealed class SearchCommand
{
    private const string Units = ".search";

    private readonly Option<int> _budget = Flag.Integer("--budget", "NFE for each image, the final generation included.", 280, 1, int.MaxValue);

    private readonly Option<string?> _milestones = new("--milestones")
    {
        Description = "Also write the best images at these NFE, 35,70,140, as data sets budget-NFE/ and budget-NFE.npz.", HelpName = "LIST",
    };

    private readonly Option<string> _outdir = new("--outdir", "--dest")
    {
        Description = "Folder for images, pictures and search.json; a search that was stopped there goes on.", HelpName = "DIR", DefaultValueFactory = _ => "search",
    };

    private readonly SearchFlags _flags = new();
    private readonly AlgorithmFlags _algorithms = new("--algorithm", "How candidates are chosen:", "random");

    public static Command Create()
    {
        var search = new SearchCommand();
        var command = new Verb("search", "Spend more network evaluations on each image and keep what a verifier likes best.")
        {
            Examples =
            [
                "diffusharp search --budget 350 --seeds 0-15",
                "diffusharp search --algorithm zero-order --candidates 4 --lambda 0.9 --budget 1000 --class 7 --outdir sneakers",
                "diffusharp search --budget 1000 --milestones 35,70,140,280,560,1000 --held-out classifier:models/fashion-mnist-classifier-heldout.safetensors",
                "diffusharp search --algorithm fk --solver ddim --eta 1 --steps 35 --particles 8 --budget 280",
                "diffusharp search --search-steps 4 --steps 18 --budget 280",
            ],
        };
        command.AddAll(search._budget, search._milestones, search._outdir, CommonOptions.Overwrite);

        search._algorithms.AddTo(command);
        search._flags.AddTo(command);
        command.Add(SearchCompareCommand.Create());
        command.Runs(search.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        var nfe = run.Has(_budget) || !_flags.HasOtherLimit(run) ? run.Get(_budget) : (long?)null;
        var outdir = run.Get(_outdir)!;
        using var setup = _flags.Open(run, nfe, SearchFlags.ParseNfe("--milestones", run.Get(_milestones)));
        var algorithm = _algorithms.Create(run, setup);
        var identity = $"{algorithm.Identity}\n{setup.Identity}";
        using var folder = new SampleFolder(outdir, subdirs: false, grid: false, setup.Pipeline.ClassNames);
        var record = Record(setup, identity);
        folder.Prepare(record, run.Get(CommonOptions.Overwrite));
        var checkpoint = new SearchCheckpoint(Path.Combine(outdir, Units), identity);
        var resumed = checkpoint.Count;
        var searcher = new Searcher(setup.Problem, algorithm, checkpoint);
        var result = Search(run, searcher, checkpoint);
        Write(folder, outdir, record, setup.Pipeline.ClassNames, result);
        setup.Say(run);
        SearchReport.Write(run, setup, algorithm, result, outdir, resumed);
        checkpoint.Remove();
        return ExitCode.Success;
    }

    // What is refused before the first candidate leaves no plain samples behind, which would be in the way of the corrected command.
    private static SearchResult Search(Invocation run, Searcher searcher, SearchCheckpoint checkpoint)
    {
        var begun = checkpoint.Count > 0;
        SearchResult? result = null;
        try
        {
            run.WithStatus("searching", report => result = searcher.Run(
                new InlineProgress<SearchProgress>(p =>
                {
                    begun = true;
                    report(p.Fraction, $"best {p.MeanBest:0.###}{(p.NfeLeft is { } left ? $", {left:0} NFE left" : "")}");
                }),
                run.Cancellation));
        }
        catch (Exception error) when (!begun && error is InvalidInputException or InvalidDataException)
        {
            checkpoint.Remove();
            throw;
        }

        return result!;
    }

    private static SampleRecord Record(SearchSetup setup, string identity) =>
        SampleRecord.Of(setup.Network, setup.Final.Metadata, setup.Final.Tableau, setup.Problem.Denoiser, setup.Problem.Class) with
        {
            Search = FileHash.OfText(identity)[..16], Nfe = setup.Problem.Budget.Nfe,
        };

    private static void Write(SampleFolder folder, string outdir, SampleRecord record, IReadOnlyList<string>? names, SearchResult result)
    {
        var images = result.Images;
        folder.Write([.. images.Select(image => new GeneratedImage(image.Seed, image.Class, image.Final.Image))]);
        folder.Finish();
        ImageFile.Write(Path.Combine(outdir, "before-after.png"), SearchPictures.BeforeAfter(images));
        ImageFile.Write(Path.Combine(outdir, "improvements.png"), SearchPictures.Improvements(images));
        foreach (var milestone in result.Milestones)
        {
            SearchMilestoneFiles.Write(outdir, milestone, images, record, names);
        }
    }
}
