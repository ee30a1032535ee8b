using DiffuSharp.Cli.Output;
using DiffuSharp.Search;
using DiffuSharp.Search.Verifiers;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Cli.Commands;

/// <summary>What <c>search</c> says at the end, and the ledger <c>search.json</c>.</summary>
internal static class SearchReport
{
    public static void Write(Invocation run, SearchSetup setup, SearchAlgorithm algorithm, SearchResult result, string outdir, int resumed)
    {
        var path = Path.Combine(outdir, "search.json");
        var summary = Summary(setup, algorithm, result);
        var images = result.Images.Select(image => new
        {
            image.Seed,
            image.Class,
            Plain = Scores(image.Plain),
            Found = Scores(image.Final),
            SearchNfe = image.Nfe,
            image.VerifierCalls,
            Noise = image.Improvements[^1].Noise?.Path,
            TraceNfe = image.Trace.Select(point => point.Nfe),
            TraceScore = image.Trace.Select(point => point.Score),
        });
        AtomicFile.Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(Invocation.ToJson(new { Summary = summary, Images = images }))));
        if (run.Json)
        {
            run.WriteJson(summary);
            return;
        }

        WriteFacts(run, setup, algorithm, result, outdir, resumed);
    }

    /// <summary>The run without its single images.</summary>
    public static object Summary(SearchSetup setup, SearchAlgorithm algorithm, SearchResult result)
    {
        var problem = setup.Problem;
        var (images, ledger) = (result.Images, result.Ledger);
        return new
        {
            Algorithm = algorithm.Name,
            Options = algorithm.Options.ToDictionary(o => o.Key, o => o.Value),
            setup.Network,
            Sampler = setup.Final.Metadata.Solver,
            SamplerOptions = setup.Final.Metadata.Options.ToDictionary(o => o.Key, o => o.Value),
            SearchSampler = setup.Search?.Metadata.Solver,
            SearchSamplerOptions = setup.Search?.Metadata.Options.ToDictionary(o => o.Key, o => o.Value),
            Verifier = problem.Verifier.Name,
            VerifierEvaluations = (problem.Verifier as LikelihoodVerifier)?.Evaluations,
            HeldOutVerifier = problem.HeldOut?.Name,
            BudgetNfe = problem.Budget.Nfe,
            BudgetVerifierCalls = problem.Budget.VerifierCalls,
            BudgetSeconds = problem.Budget.Seconds,
            Images = images.Count,
            Plain = SearchSummary.Of(images.Select(i => (double?)i.Plain.Score)),
            Found = SearchSummary.Of(images.Select(i => (double?)i.Final.Score)),
            PlainHeldOut = SearchSummary.Of(images.Select(i => i.Plain.HeldOut)),
            FoundHeldOut = SearchSummary.Of(images.Select(i => i.Final.HeldOut)),
            NfePerImage = (double)ledger.Total.Nfe / images.Count,
            WinnersKeptWithoutFinalRun = ledger.WinnersKept,
            Ledger = new { ledger.Search, ledger.Final, OutsideTheBudget = new { ledger.Plain, ledger.HeldOut } },
            Milestones = result.Milestones.Select(m => new
            {
                m.Nfe, Found = SearchSummary.Of(m.Images.Select(i => (double?)i.Score)), HeldOut = SearchSummary.Of(m.Images.Select(i => i.HeldOut)),
            }),
        };
    }

    private static object Scores(FinalImage image) => new { image.Score, image.HeldOut };

    private static void WriteFacts(
        Invocation run, SearchSetup setup, SearchAlgorithm algorithm, SearchResult result, string outdir, int resumed)
    {
        var (images, ledger) = (result.Images, result.Ledger);
        var n = images.Count;
        List<(string, string)> facts =
        [
            ("model", setup.Network),
            ("algorithm", string.Join(", ", algorithm.Options.Select(o => $"{o.Key} {o.Value}").Prepend(algorithm.Name))),
            ("verifier", setup.Problem.Verifier.Name),
            ("score", $"{SearchSummary.Of(images.Select(i => (double?)i.Plain.Score))} plain, {SearchSummary.Of(images.Select(i => (double?)i.Final.Score))} found"),
        ];
        if (setup.Problem.HeldOut is { } held)
        {
            facts.Add(("held out", $"{held.Name}: {SearchSummary.Of(images.Select(i => i.Plain.HeldOut))} plain, {SearchSummary.Of(images.Select(i => i.Final.HeldOut))} found"));
        }

        facts.AddRange(
        [
            ("images", $"{n} in {outdir}, with before-after.png, improvements.png and search.json"),
            ("cost", $"{(double)ledger.Search.Nfe / n:0.#} NFE an image in the search"
                + (ledger.WinnersKept ? ", winners kept without a final run" : $" + {(double)ledger.Final.Nfe / n:0.#} in the final generation")
                + $"; {(double)ledger.Search.VerifierCalls / n:0.#} verifier calls an image"),
            ("time", $"{Duration.Text(ledger.Total.Seconds)}, of which {Duration.Text(ledger.Total.VerifierSeconds)} in the verifier"),
        ]);
        if (resumed > 0)
        {
            facts.Add(("resumed", $"{resumed} units of work were there already"));
        }

        run.Console.WriteFacts(facts);
    }
}
