using System.CommandLine;
using System.Globalization;
using DiffuSharp.Cli.Commands;
using DiffuSharp.Cli.Output;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Search;
using DiffuSharp.Search.Verifiers;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The flags that say what is searched.</summary>
internal sealed class SearchFlags
{
    private const string ShippedClassifier = "models/fashion-mnist-classifier.safetensors";

    private readonly RecipeFlags<VerifierRecipe> _verifier = new("--verifier", "What is maximised, several joined by + rank together:", "classifier");
    private readonly RecipeFlags<VerifierRecipe> _heldOut = new("--held-out", "Verifier that is reported and never optimised:");
    private readonly Option<int?> _calls = Flag.OptionalInteger("--budget-calls", "Verifier calls for each image, at most.", 1, int.MaxValue);
    private readonly Option<double?> _seconds = Flag.OptionalNumber("--budget-seconds", "Seconds for the whole search, at most; not repeatable.");

    private readonly Option<string> _seeds = new("--seeds")
    {
        Description = "Seeds, one for each image: numbers and ranges, 1,2,5-10.", HelpName = "LIST", DefaultValueFactory = _ => "0-15",
    };

    private readonly ClassFlag _class = new();
    private readonly Option<int> _batch = Flag.Integer("--batch", "Candidates that run together.", 64, 1, 1 << 20);
    private readonly Option<int> _block = Flag.Integer("--block", "Images that are searched together.", 128, 1, 1 << 20);
    private readonly DenoiserFlags _denoiser = new();
    private readonly Option<string?> _sampler = new("--sampler") { Description = "Sampler file of the final images, instead of the flags below.", HelpName = "FILE.sampler.json" };
    private readonly Option<int?> _searchSteps = Flag.OptionalInteger("--search-steps", "Search with Heun of so many steps, then run the winning noise with the final sampler.", 1, 100_000);
    private readonly Option<string?> _searchSampler = new("--search-sampler") { Description = "Search with this sampler, then run the winning noise with the final one.", HelpName = "FILE.sampler.json" };
    private readonly SamplerFlags _flags = new();

    public void AddTo(Command command)
    {
        command.AddAll(
        [
            CommonOptions.Network, _verifier.Spec, _heldOut.Spec, _calls, _seconds, _seeds, _class.Option, _batch, _block, .. _denoiser.All, _sampler, _searchSteps, _searchSampler,
        ]);

        _flags.AddTo(command);
        command.Add(CommonOptions.Device);
        command.Add(CommonOptions.Threads);
        command.Add(CommonOptions.Json);
    }

    /// <summary>Opens the model and the verifiers.</summary>
    /// <param name="run">The values.</param>
    /// <param name="nfe">Budget for each image; null for none.</param>
    /// <param name="milestones">NFE at which images are wanted.</param>
    /// <exception cref="InvalidInputException">Options contradict each other or are out of range.</exception>
    /// <exception cref="InvalidDataException">A file is broken.</exception>
    public SearchSetup Open(Invocation run, long? nfe, IReadOnlyList<long> milestones)
    {
        var path = CommonOptions.NetworkPath(run);
        var device = CommonOptions.OpenDevice(run);
        var chosen = _flags.Create(run, run.Get(_sampler));
        var searching = Searching(run);
        var realTimes = chosen.HasRealTimes;
        searching?.Build().Metadata.RequireTimes(run.Has(_searchSteps) ? _searchSteps.Name : $"{_searchSampler.Name} {run.Get(_searchSampler)}", realTimes);

        var pipeline = _denoiser.Open(run, path, device);
        var denoiser = pipeline.DenoiserFor(chosen);
        var verifiers = new List<IVerifier>();
        var remarks = new List<string>();
        try
        {
            var final = chosen.Build(denoiser);
            var search = searching?.Build(denoiser);
            var classes = denoiser.LabelDim > 0 ? new ClassList("the model", denoiser.LabelDim, pipeline.ClassNames) : null;
            var context = Context(path, device) with { Classes = classes, Remarks = new InlineProgress<string>(remarks.Add) };
            verifiers.Add(VerifierRecipe.OpenAll(_verifier.GetAll(run), context));
            if (run.Has(_heldOut.Spec))
            {
                verifiers.Add(VerifierRecipe.OpenAll(_heldOut.GetAll(run), context));
            }

            var problem = new SearchProblem
            {
                Denoiser = denoiser,
                Sampler = (search ?? final).Tableau,
                FinalSampler = search is null ? null : final.Tableau,
                Verifier = verifiers[0],
                HeldOut = verifiers.ElementAtOrDefault(1),
                Budget = new SearchBudget { Nfe = nfe, VerifierCalls = run.Get(_calls), Seconds = run.Get(_seconds) },
                Seeds = SeedList.Parse(run.Get(_seeds)!),
                Class = _class.Number(run, denoiser, pipeline.ClassNames),
                Batch = run.Get(_batch),
                Block = run.Get(_block),
                Milestones = milestones,
            };
            return new SearchSetup(problem, path, final, search, realTimes, Identity(run, path, problem, realTimes), pipeline, verifiers) { Remarks = [.. remarks.Distinct()] };
        }
        catch
        {
            new SearchSetup(null!, path, null!, null, realTimes, "", pipeline, verifiers).Dispose();
            throw;
        }
    }

    /// <summary>Whether a limit other than NFE is given.</summary>
    public bool HasOtherLimit(Invocation run) => run.Has(_calls) || run.Has(_seconds);

    /// <summary>NFE as <c>35,70,140</c>, ascending.</summary>
    /// <exception cref="InvalidInputException">It is no such list.</exception>
    public static IReadOnlyList<long> ParseNfe(string option, string? text) => text is null
        ? []
        : [.. text.Split(',').Select(word => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var nfe)
            ? nfe
            : throw new InvalidInputException($"{option} {text}: '{word}' is not a number of network evaluations; write them as 35,70,140"))];

    /// <summary>What decides the reported scores of the held-out verifier; empty without one.</summary>
    public string HeldOutIdentity(Invocation run, string network) => run.Has(_heldOut.Spec) ? IdentityOf(run, _heldOut, network) : "";

    private Sampler? Searching(Invocation run)
    {
        if (run.Get(_searchSampler) is not { } file)
        {
            return run.Get(_searchSteps) is { } steps ? new Sampler(new Heun(), steps) : null;
        }

        return run.Has(_searchSteps)
            ? throw new InvalidInputException($"--search-steps and {file}: the file says everything about the sampler; give one of the two")
            : Sampler.Load(file);
    }

    // What decides the result besides the algorithm.
    private string Identity(Invocation run, string path, SearchProblem problem, bool realTimes) => string.Join('\n',
        $"network {FileIdentity.Of(path)} {_denoiser.Identity(run)} times {(realTimes ? "real" : "rounded")}",
        $"sampler {problem.Sampler}",
        $"final {problem.FinalSampler?.ToString() ?? "kept"}",
        $"verifier {IdentityOf(run, _verifier, path)}",
        $"budget {problem.Budget} milestones {string.Join(',', problem.Milestones)}",
        $"seeds {run.Get(_seeds)} class {problem.Class} batch {problem.Batch} block {problem.Block} device {problem.Denoiser.Device}");

    private static string IdentityOf(Invocation run, RecipeFlags<VerifierRecipe> flags, string network) => VerifierRecipe.IdentityOfAll(
        flags.GetAll(run), Context(network, Torch.Device.CPU));

    private static VerifierContext Context(string network, Torch.Device device) => new(network, device, ShippedModel.Find(ShippedClassifier, folder: null));
}
