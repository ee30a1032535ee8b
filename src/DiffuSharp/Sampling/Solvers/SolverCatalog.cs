using DiffuSharp.Denoising;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>The solvers by the names that the command line knows.</summary>
public static class SolverCatalog
{
    private static readonly string[] s_churn = ["S_churn", "S_min", "S_max", "S_noise"];
    private static readonly string[] s_dpm = ["lower_order_final"];
    private static readonly string[] s_uniPC = ["variant", "lower_order_final", "corrector"];
    private static readonly string[] s_deis = ["polynomial", "lower_order_final"];

    /// <summary>All solvers, the simple ones first.</summary>
    public static IReadOnlyList<Solver> All { get; } =
    [
        new("euler", "Karras et al. 2022, Algorithm 2 without correction", s_churn, (levels, o) => EdmSampler.Create(levels, OdeSolver.Euler, o.Churn)),
        new("heun", "Karras et al. 2022, Algorithm 2", s_churn, (levels, o) => EdmSampler.Create(levels, OdeSolver.Heun, o.Churn))
        {
            StepsOf = nfe => (nfe + 1) / 2,
        },
        new("ddim", "Song et al. 2021, eq. 12", ["eta"], (levels, o) => Ddim.Create(levels, o.Eta)),
        new("ddpm", "Ho et al. 2020, Algorithm 2, fixed small variance", [], (levels, _) => Ddpm.Create(levels, ReverseVariance.FixedSmall)),
        new("ddpm-large", "Ho et al. 2020, Algorithm 2, fixed large variance", [], (levels, _) => Ddpm.Create(levels, ReverseVariance.FixedLarge)),
        new("ddpm-learned", "Nichol and Dhariwal 2021, eq. 15: the variance that the network predicts", [], (levels, _) => Ddpm.Create(levels, ReverseVariance.Learned))
        {
            LearnsNoise = true,
        },
        new("euler-maruyama", "Song et al. 2021 (SDE), reverse-time Euler-Maruyama", ["schedule", "scaling"], (levels, o) => EulerMaruyama.Create(levels, o.Schedule, o.Scaling)),
        new("pndm", "Liu et al. 2022, PLMS", [], (levels, _) => Pndm.Create(levels)) { StepsOf = nfe => nfe - 1 },
        new("ipndm", "Zhang and Chen 2022, iPNDM of order 4", [], (levels, _) => Ipndm.Create(levels)),
        Deis(2),
        Deis(3),
        Deis(4),
        Dpm(2),
        Dpm(3),
        UniPc(2),
        UniPc(3),
    ];

    /// <summary>The solver of a name.</summary>
    /// <param name="name">For example <c>dpmpp-2m</c>.</param>
    /// <exception cref="InvalidInputException">There is none of that name.</exception>
    public static Solver Find(string name) => All.FirstOrDefault(solver => solver.Name == name)
        ?? throw new InvalidInputException($"There is no solver '{name}'; the solvers are {string.Join(", ", All.Select(solver => solver.Name))}.");

    private static Solver Deis(int order) => new(
        $"deis-{order}",
        $"Zhang and Chen 2022, DEIS-AB{order - 1}",
        s_deis,
        (levels, o) => Solvers.Deis.Create(levels, order, o.Polynomial, o.LowerOrderFinal));

    private static Solver Dpm(int order) => new(
        $"dpmpp-{order}m",
        $"Lu et al. 2022, DPM-Solver++({order}M)",
        s_dpm,
        (levels, o) => DpmSolverPlusPlus.Create(levels, order, o.LowerOrderFinal));

    private static Solver UniPc(int order) => new(
        $"unipc-{order}",
        $"Zhao et al. 2023, UniPC-{order} for data prediction",
        s_uniPC,
        (levels, o) => UniPC.Create(levels, order, o.Variant, o.LowerOrderFinal, o.Corrector));
}
