using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;

namespace DiffuSharp.Pipelines;

/// <summary>The solver where only a number of network evaluations is asked for: with few of them a multistep solver is far better than Heun (docs/choosing-a-sampler.md).</summary>
public static class FewStepSolver
{
    /// <summary>Most evaluations that count as few.</summary>
    public const int Few = 20;

    /// <summary>DPM-Solver++(2M) for few evaluations, and for a number that Heun cannot cost; else Heun.</summary>
    /// <param name="nfe">Network evaluations for each image.</param>
    public static Sampler OfCost(int nfe) => Sampler.OfCost(nfe <= Few || nfe % 2 == 0 ? new DpmSolverPlusPlus() : new Heun(), nfe);
}
