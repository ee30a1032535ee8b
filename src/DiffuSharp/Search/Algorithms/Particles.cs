namespace DiffuSharp.Search.Algorithms;

/// <summary>What algorithms that choose within a trajectory ask of a problem.</summary>
public static class Particles
{
    /// <summary>The verifier must judge denoised images, which have no trajectory of their own.</summary>
    /// <exception cref="InvalidInputException">It looks at trajectories.</exception>
    public static void RequireImageVerifier(SearchProblem problem, string algorithm)
    {
        if (problem.Verifier.ObservedSigma is not null)
        {
            throw new InvalidInputException(
                $"{algorithm}: scores predictions within the trajectory, but verifier {problem.Verifier.Name} looks at whole trajectories; use another one");
        }
    }

    /// <summary>There must be noise to choose from.</summary>
    /// <exception cref="InvalidInputException">The sampler is deterministic.</exception>
    public static void RequireNoise(SearchProblem problem, string algorithm)
    {
        if (problem.Sampler.NoiseDraws == 0)
        {
            throw new InvalidInputException(
                $"{algorithm}: chooses among the noise of the steps, but this sampler adds none; use --S_churn, --solver ddim --eta 1 or --solver ddpm");
        }
    }
}
