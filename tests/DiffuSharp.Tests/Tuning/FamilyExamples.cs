using DiffuSharp.Recipes;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using DiffuSharp.Tuning.Families;

namespace DiffuSharp.Tests.Tuning;

/// <summary>Every family, by name.</summary>
internal static class FamilyExamples
{
    public static TheoryData<string> Names =>
    [
        "ddim", "vars", "vars eta", "ggdm", "ggdm+pred", "ggdm+time", "ggdm+pred+time", "marginal", "marginal eta",
        "anchored ddim", "anchored dpmpp-2m", "anchored dpmpp-3m", "anchored ipndm", "anchored heun", "anchored unipc-3", "anchored deis-3", "anchored ddpm",
        "restarted ipndm", "restarted ddpm",
    ];

    public static NoiseLevels Levels(int steps = 4) => NoiseLevels.EDM(steps, new SigmaRange(0.05, 10), rho: 5);

    public static SamplerFamily Create(string name, int steps = 4)
    {
        var levels = Levels(steps);
        return name.Split(' ') switch
        {
            ["ddim"] => new DdimFamily(levels, eta: 0.4),
            ["vars", .. var eta] => new VarsFamily(levels, eta.Length > 0 ? 0.5 : 0),
            ["marginal", .. var eta] => new MarginalPreservingFamily(levels, eta.Length > 0 ? 0.5 : 0),
            ["anchored", var solver] => new AnchoredFamily(RecipeText.Parse<Solver>(solver), levels),
            ["restarted", var solver] => Restarted(RecipeText.Parse<Solver>(solver), levels),
            [var ggdm] => new GgdmFamily(levels, new GgdmFamilyOptions
            {
                Pred = ggdm.Contains("pred", StringComparison.Ordinal), Time = ggdm.Contains("time", StringComparison.Ordinal), Eta = 0.5,
            }),
            _ => throw new ArgumentException(name, nameof(name)),
        };
    }

    /// <summary>A family that starts at what was learned from a solver.</summary>
    private static AnchoredFamily Restarted(Solver solver, NoiseLevels levels)
    {
        using var learned = new AnchoredFamily(solver, levels);
        Disturb(learned, seed: 4);
        return AnchoredFamily.At(learned.Freeze(), solver);
    }

    /// <summary>Moves all parameters away from the start.</summary>
    public static void Disturb(SamplerFamily family, double size = 0.1, ulong seed = 3)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        using var generator = new Generator(seed);
        foreach (var parameter in family.parameters())
        {
            parameter.add_(torch.randn(parameter.shape, generator, ScalarType.Float64), size);
        }
    }
}
