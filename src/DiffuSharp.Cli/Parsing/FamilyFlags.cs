using System.CommandLine;
using DiffuSharp.Denoising;
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

    private readonly Option<string> _base = Flag.Choice(
        "--base", "anchored: the solver at which it starts.", "ipndm", [.. SolverCatalog.All.Where(solver => !solver.LearnsNoise).Select(solver => solver.Name)]);

    private readonly Option<double?> _eta = Flag.OptionalNumber("--eta", "Noise of the DDIM at which the other families start [ddim 0.1, others 0].");
    private readonly Option<double> _floor = Flag.Number("--floor", "ggdm: least distance of an initial sigmoid from 0 and 1.", new GgdmFamilyOptions().Floor);

    private readonly Option<string?> _free = new("--free")
    {
        Description = "Parameters that are learned, such as levels,history [all of the family].", HelpName = "LIST",
    };

    /// <summary>All flags in the order of the help.</summary>
    public IEnumerable<Option> All => [_family, _base, _free, _eta, _floor, .. _levels.All];

    /// <summary>The family at its start, and the solver there.</summary>
    /// <exception cref="InvalidInputException">Flags contradict each other or are out of range.</exception>
    public (SamplerFamily Family, SamplerFile Start) Create(Invocation run, IDenoiser denoiser)
    {
        var name = run.Get(_family)!;
        if (name != Anchored && run.Has(_base))
        {
            throw new InvalidInputException($"--base: {name} starts at ddim; only anchored has a choice");
        }

        var solver = SolverCatalog.Find(name == Anchored ? run.Get(_base)! : "ddim");
        var (levels, description) = _levels.Create(run, _levels.Steps(run, solver), denoiser);
        SamplerFamily family = name switch
        {
            Anchored => new AnchoredFamily(solver, levels, new SolverOptions { Eta = run.Get(_eta) ?? 0 }),
            "marginal" => new MarginalPreservingFamily(levels, run.Get(_eta) ?? 0),
            "vars" => new VarsFamily(levels, run.Get(_eta) ?? 0),
            "ddim" => run.Get(_eta) is { } eta ? new DdimFamily(levels, eta) : new DdimFamily(levels),
            _ => new GgdmFamily(levels, new GgdmFamilyOptions
            {
                Pred = name.Contains("pred", StringComparison.Ordinal),
                Time = name.Contains("time", StringComparison.Ordinal),
                Eta = run.Get(_eta) ?? 0,
                Floor = run.Get(_floor),
            }),
        };
        if (run.Get(_free) is { } list)
        {
            family.Restrict(list.Split(',', StringSplitOptions.TrimEntries));
        }

        var start = solver.Create(levels, new SolverOptions { Eta = run.Get(_eta) ?? 0 });
        _levels.CheckNfe(run, start);
        return (family, new SamplerFile(start, new SamplerMetadata(solver.Name, description, solver.Source)));
    }
}
