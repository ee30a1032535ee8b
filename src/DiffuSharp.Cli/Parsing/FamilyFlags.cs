using System.CommandLine;
using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Tuning.Families;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Which samplers <c>tune</c> searches, and where it starts.</summary>
internal sealed class FamilyFlags
{
    private const int UsualSteps = 5;

    private const string Anchored = "anchored";

    private readonly LevelFlags _levels = new(UsualSteps);

    private readonly Option<string> _family = Flag.Choice(
        "--family", "Samplers that are searched.", Anchored, Anchored, "marginal", "ggdm", "ggdm+pred", "ggdm+time", "ggdm+pred+time", "vars", "ddim");

    private readonly RecipeFlags<Solver> _base = new(
        "--base", "anchored: the solver at which it starts, or whose numbers follow the levels of --start [that of the file]:", "ipndm");

    private readonly Option<string?> _start = new("--start")
    {
        Description = "anchored: a sampler file at which it starts, with its levels.", HelpName = "FILE.sampler.json",
    };

    private readonly Option<double?> _eta = Flag.OptionalNumber("--eta", "Noise of the DDIM at which --base ddim and the other families start [family ddim 0.1, else 0].");
    private readonly Option<double> _floor = Flag.Number("--floor", "ggdm: least distance of an initial sigmoid from 0 and 1.", new GgdmFamilyOptions().Floor);

    private readonly Option<string?> _free = new("--free")
    {
        Description = "Parameters that are learned, such as levels,history [all of the family].", HelpName = "LIST",
    };

    /// <summary>All flags in the order of the help.</summary>
    public IEnumerable<Option> All => [_family, _base.Spec, _start, _free, _eta, _floor, .. _levels.All];

    /// <summary>The family at its start, and the solver there.</summary>
    /// <exception cref="InvalidInputException">Flags contradict each other or are out of range.</exception>
    public (SamplerFamily Family, SamplerFile Start) Create(Invocation run, IDenoiser denoiser)
    {
        var name = run.Get(_family)!;
        if (name != Anchored && new Option[] { _base.Spec, _start }.FirstOrDefault(run.Has) is { } choice)
        {
            throw new InvalidInputException($"{choice.Name}: {name} starts at ddim; only anchored has a choice");
        }

        run.RequireRead(name.StartsWith("ggdm", StringComparison.Ordinal), "the ggdm families", _floor);

        return run.Get(_start) is { } file
            ? Continue(run, file)
            : Begin(run, name, WithEta(run, name == Anchored ? run.Get(_base.Spec)! : "ddim", name == "ddim" ? DdimFamily.UsualEta : null), denoiser);
    }

    private (SamplerFamily Family, SamplerFile Start) Continue(Invocation run, string path)
    {
        if (_levels.All.FirstOrDefault(option => option.Name != "--nfe" && run.Has(option)) is { } other)
        {
            throw new InvalidInputException($"{other.Name}: --start brings its own levels; give one of the two");
        }

        var file = SamplerFile.Load(path);
        _levels.CheckNfe(run, file.Tableau, path);
        var solver = WithEta(run, BaseOf(run, file), usual: null);
        AnchoredFamily family;
        try
        {
            family = AnchoredFamily.At(file.Tableau, solver);
        }
        catch (InvalidInputException error)
        {
            throw new InvalidInputException($"--start {path}: {error.Message}");
        }

        KeyValuePair<string, string>[] description =
        [
            new("start_tableau_sha256", FileHash.OfText($"{file.Tableau}")),
            .. file.Metadata.Options.Where(option => option.Key == "loss").Select(option => KeyValuePair.Create("start_loss", option.Value)),
        ];
        return (Restricted(run, family), new SamplerFile(file.Tableau, solver.Describe(description)));
    }

    // A learned file says at which solver its family was anchored.
    private string BaseOf(Invocation run, SamplerFile file)
    {
        var known = file.Metadata.Options.Where(option => option.Key == "base").Select(option => option.Value.Split(' ')[0]);
        return run.Has(_base.Spec) ? run.Get(_base.Spec)! : known.FirstOrDefault(RecipeCatalog.Has<Solver>) ?? run.Get(_base.Spec)!;
    }

    private (SamplerFamily Family, SamplerFile Start) Begin(Invocation run, string name, Solver solver, IDenoiser denoiser)
    {
        var sampler = _levels.Create(run, solver);
        var timeSteps = sampler.TimeSteps!;
        var levels = timeSteps.Create(sampler.Steps, denoiser);
        // As sample does; the prior of the other families is that of the process, σ_0 ξ.
        var unit = name == Anchored && timeSteps.StartsAtUnitVariance;
        var eta = (solver as Ddim)?.Eta ?? 0;
        SamplerFamily family = name switch
        {
            Anchored => unit ? AnchoredFamily.FromUnitVariance(solver, levels) : new AnchoredFamily(solver, levels),
            "marginal" => new MarginalPreservingFamily(levels, eta),
            "vars" => new VarsFamily(levels, eta),
            "ddim" => new DdimFamily(levels, eta),
            _ => new GgdmFamily(levels, new GgdmFamilyOptions
            {
                Pred = name.Contains("pred", StringComparison.Ordinal),
                Time = name.Contains("time", StringComparison.Ordinal),
                Eta = eta,
                Floor = run.Get(_floor),
            }),
        };
        var start = unit ? solver.BuildFromUnitVariance(levels) : solver.Build(levels);
        var metadata = solver.Describe(timeSteps.Describe(sampler.Steps, denoiser));
        var floor = family is GgdmFamily ggdm ? new[] { KeyValuePair.Create("floor", $"{ggdm.Options.Floor:R}") } : [];
        return (Restricted(run, family), new SamplerFile(start, metadata with { Options = [.. metadata.Options, .. floor] }));
    }

    // The other families start at ddim, which has the option.
    private Solver WithEta(Invocation run, string text, double? usual)
    {
        var solver = RecipeText.Parse<Solver>(text);
        if (solver.LearnsNoise)
        {
            throw new InvalidInputException($"{_base.Spec.Name} {text}: the network chooses its noise, so it has no numbers to tune; take another");
        }

        return (run.Get(_eta) ?? usual) is not { } eta ? solver : solver is Ddim ddim
            ? RecipeText.Checked(ddim with { Eta = eta })
            : throw new InvalidInputException($"{_eta.Name}: {text} has no such option");
    }

    private SamplerFamily Restricted(Invocation run, SamplerFamily family)
    {
        if (run.Get(_free) is { } list)
        {
            family.Restrict(list.Split(',', StringSplitOptions.TrimEntries));
        }

        return family;
    }
}
