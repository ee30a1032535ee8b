using System.CommandLine;
using System.Text;
using System.Text.Json;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Reports;
using DiffuSharp.Search;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp search compare</c>: several algorithms at equal budgets, as one JSON line for each point of the scaling curves.</summary>
internal sealed class SearchCompareCommand
{
    private readonly Option<string> _budgets = new("--budgets")
    {
        Description = "NFE for each image.", HelpName = "LIST", DefaultValueFactory = _ => "35,70,140,280,560,1000",
    };

    private readonly Option<string> _dest = new("--dest")
    {
        Description = "File for the points; lines that are there already are not computed again.", HelpName = "FILE.jsonl", DefaultValueFactory = _ => "search-compare.jsonl",
    };

    private readonly Option<string?> _plot = new("--plot") { Description = "Also draw the curves: .html, .svg (needs Node.js) or .json (Vega-Lite).", HelpName = "FILE" };
    private readonly SearchFlags _flags = new();
    private readonly AlgorithmFlags _options = new("--algorithms", "Some of", "random,zero-order,paths,adaptive");

    public static Command Create()
    {
        var compare = new SearchCompareCommand();
        var command = new Verb("compare", "Run several algorithms at equal budgets and write the points of their scaling curves.")
        {
            Examples = ["diffusharp search compare --algorithms random,zero-order,adaptive --budgets 35,70,140,280 --seeds 0-63 --plot curves.html"],
        };
        command.AddAll(compare._budgets, compare._dest, compare._plot);

        compare._options.AddTo(command);
        compare._flags.AddTo(command);
        command.Runs(compare.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        var budgets = SearchFlags.ParseNfe("--budgets", run.Get(_budgets));
        if (budgets.Count == 0 || !budgets.SequenceEqual(budgets.Order().Distinct()))
        {
            throw new InvalidInputException($"--budgets {run.Get(_budgets)}: must ascend");
        }

        using var destHold = run.Hold(_dest);
        using var plotHold = run.Hold(_plot);
        using var setup = _flags.Open(run, budgets[^1], budgets);
        var path = run.Get(_dest)!;
        var plot = run.Get(_plot) is { } picture ? new PlotFile(picture) : null;
        var search = FileHash.OfText($"{setup.Identity}\nheld-out {_flags.HeldOutIdentity(run, setup.Network)}")[..16];
        var points = Known(path, search);
        foreach (var algorithm in _options.CreateAll(run, setup))
        {
            // Algorithms that do not plan for a budget pass through all smaller ones on the way to the largest.
            foreach (var some in algorithm.PoolsBudget ? budgets.Select(budget => (IReadOnlyList<long>)[budget]) : [budgets])
            {
                if (!points.Exists(point => point.Is(algorithm, some[^1])))
                {
                    points.AddRange(Points(run, setup, search, algorithm, some));
                    Write(path, points);
                }
            }
        }

        if (plot is not null && points.Count > 0)
        {
            Draw(plot, setup, points, run.Cancellation);
        }

        setup.Say(run);
        Report(run, path, points);
        return ExitCode.Success;
    }

    private static SearchComparisonPoint[] Points(
        Invocation run, SearchSetup setup, string search, SearchAlgorithm algorithm, IReadOnlyList<long> budgets)
    {
        var problem = setup.Problem with { Budget = setup.Problem.Budget with { Nfe = budgets[^1] }, Milestones = budgets };
        SearchResult? result = null;
        run.WithStatus($"{algorithm.Name} {budgets[^1]}", report => result = new Searcher(problem, algorithm).Run(
            new InlineProgress<SearchProgress>(p => report(p.Fraction, $"best {p.MeanBest:0.###}")), run.Cancellation));
        var ledger = result!.Ledger;
        return [.. result.Milestones.Select(m => new SearchComparisonPoint
        {
            Search = search,
            Algorithm = algorithm.Name,
            Options = string.Join(", ", algorithm.Options.Select(o => $"{o.Key} {o.Value}")),
            Nfe = m.Nfe,
            Images = m.Images.Count,
            Score = SearchSummary.Of(m.Images.Select(i => (double?)i.Score))!,
            HeldOut = SearchSummary.Of(m.Images.Select(i => i.HeldOut)),
            VerifierCalls = result.Images.Average(i => (double)i.Trace.Where(p => p.Nfe + problem.FinalNfe <= m.Nfe).Select(p => p.VerifierCalls).LastOrDefault()),
            SecondsOfRun = ledger.Total.Seconds,
            NfeOfRun = (double)ledger.Total.Nfe / m.Images.Count,
        })];
    }

    private static List<SearchComparisonPoint> Known(string path, string search)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            SearchComparisonPoint[] points = [.. File.ReadLines(path).Select(SearchComparisonPoint.FromJson)];
            return points.All(point => point.Search == search)
                ? [.. points]
                : throw new InvalidInputException($"{path}: holds points of other options; name another file with --dest");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: no file of 'search compare'; name another file with --dest", error);
        }
    }

    private static void Write(string path, IEnumerable<SearchComparisonPoint> points) => AtomicFile.Write(
        path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(points.Select(point => $"{point.ToJson()}\n")))));

    private static void Draw(PlotFile file, SearchSetup setup, List<SearchComparisonPoint> points, CancellationToken cancellation) => file.Write(
        new LineChart(
            new PlotAxis("NFE per image") { Log = true },
            new PlotAxis($"score by {setup.Problem.Verifier.Name}"),
            Series(points))
        {
            Title = "Search at equal budgets",
            Subtitle = $"{points[0].Images} images, {setup.Final.Metadata.Solver}, bands of one standard error",
        },
        cancellation);

    /// <summary>A curve for each algorithm, or for each choice of its options where there are several, which are then named.</summary>
    internal static IReadOnlyList<PlotSeries> Series(IReadOnlyList<SearchComparisonPoint> points) =>
    [
        .. from ofAlgorithm in points.GroupBy(point => point.Algorithm)
           let choices = ofAlgorithm.GroupBy(point => point.Options).ToArray()
           from choice in choices
           select new PlotSeries(
               choices.Length == 1 ? ofAlgorithm.Key : $"{ofAlgorithm.Key} ({choice.Key})",
               [.. choice.OrderBy(p => p.Nfe).Select(p => PlotPoint.WithError(p.Nfe, p.Score.Mean, p.Score.StandardError))]),
    ];

    private static void Report(Invocation run, string path, List<SearchComparisonPoint> points)
    {
        if (run.Json)
        {
            run.WriteJson(new { File = path, Points = points });
            return;
        }

        run.Console.WriteFacts([
            .. points.OrderBy(p => p.Nfe).Select(p => ($"{p.Nfe} NFE", $"{p.Algorithm}: {p.Score}{(p.HeldOut is { } held ? $", held out {held}" : "")}")),
            ("points", path),
        ]);
    }
}
