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

    private readonly LevelFlags _levels = new(UsualSteps);
    private readonly RecipeFlags<FamilyRecipe> _family = new("--family", "Samplers that are searched:", "anchored");

    private readonly Option<string?> _start = new("--start")
    {
        Description = "anchored: a sampler file at which it starts, with its levels; --base is that of the file unless it is given.", HelpName = "FILE.sampler.json",
    };

    private readonly Option<string?> _free = new("--free")
    {
        Description = "Parameters that are learned, such as levels,history [all of the family].", HelpName = "LIST",
    };

    /// <summary>All flags in the order of the help.</summary>
    public IEnumerable<Option> All => [_family.Spec, _start, _free, .. _family.Options, .. _levels.All];

    /// <summary>The family at its start, and the solver there.</summary>
    /// <exception cref="InvalidInputException">Flags contradict each other or are out of range.</exception>
    public (SamplerFamily Family, SamplerFile Start) Create(Invocation run, IDenoiser denoiser)
    {
        var recipe = _family.Get(run);
        var (family, start) = (run.Get(_start), recipe) switch
        {
            (null, _) => Begin(run, recipe, denoiser),
            ({ } file, Anchored anchored) => Continue(run, file, anchored),
            _ => throw new InvalidInputException($"{_start.Name}: {recipe.Type.Name} starts at ddim; only anchored has a choice"),
        };
        if (run.Get(_free) is { } list)
        {
            family.Restrict(list.Split(',', StringSplitOptions.TrimEntries));
        }

        return (family, start);
    }

    private (SamplerFamily Family, SamplerFile Start) Continue(Invocation run, string path, Anchored anchored)
    {
        if (_levels.All.FirstOrDefault(option => option.Name != "--nfe" && run.Has(option)) is { } other)
        {
            throw new InvalidInputException($"{other.Name}: --start brings its own levels; give one of the two");
        }

        var file = SamplerFile.Load(path);
        _levels.CheckNfe(run, file.Tableau, path);
        var solver = BaseOf(run, file, anchored);
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
        return (family, new SamplerFile(file.Tableau, solver.Describe(description)));
    }

    // A learned file says at which solver its family was anchored.
    private Solver BaseOf(Invocation run, SamplerFile file, Anchored anchored)
    {
        var known = file.Metadata.Option("base")?.Split(' ')[0];
        var isNamed = _family.Given(run, "base") is not null || run.Get(_family.Spec)!.Contains(':');
        return !isNamed && known is not null && RecipeCatalog.Has<Solver>(known) ? RecipeText.Parse<Solver>(known) : anchored.Base;
    }

    private (SamplerFamily Family, SamplerFile Start) Begin(Invocation run, FamilyRecipe recipe, IDenoiser denoiser)
    {
        var sampler = _levels.Create(run, recipe.Start);
        var timeSteps = sampler.TimeSteps!;
        var levels = timeSteps.Create(sampler.Steps, denoiser);
        var unit = recipe.FollowsPrior && timeSteps.StartsAtUnitVariance;
        var metadata = recipe.Start.Describe(timeSteps.Describe(sampler.Steps, denoiser));
        var start = unit ? recipe.Start.BuildFromUnitVariance(levels) : recipe.Start.Build(levels);
        return (recipe.Create(levels, unit), new SamplerFile(start, metadata with { Options = [.. metadata.Options, .. recipe.Said] }));
    }
}
