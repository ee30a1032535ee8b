using DiffuSharp.Denoising;
using DiffuSharp.Schedules;

namespace DiffuSharp.Likelihood;

/// <summary>How <see cref="ProbabilityFlow"/> follows the ODE.</summary>
public sealed record ProbabilityFlowOptions
{
    private const double Probe = 0.123456789;

    /// <summary>From images (points at σ_min) to latents (points at σ_max); cut to what the model knows.</summary>
    public SigmaRange Sigma { get; init; } = new(0.002, 80);

    /// <summary>The method.</summary>
    public FlowSolver Solver { get; init; } = FlowSolver.DormandPrince;

    /// <summary>Heun: number of intervals of EDM's grid (<see cref="NoiseLevels.EDM"/>), at least 1.</summary>
    public int NumSteps { get; init; } = 64;

    /// <summary>Heun: ρ of the grid.</summary>
    public double Rho { get; init; } = 7;

    /// <summary>Dormand-Prince: relative tolerance of a step, at least 0.</summary>
    public double Rtol { get; init; } = 1e-5;

    /// <summary>Dormand-Prince: absolute tolerance of a step in units of the image (and in nats per dimension), above 0.</summary>
    public double Atol { get; init; } = 1e-5;

    /// <summary>Images that are evaluated together, at least 1.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Checks the options against the model.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate(IDenoiser denoiser)
    {
        if (NumSteps < 1)
        {
            throw new InvalidInputException($"steps {NumSteps}: at least 1 is needed");
        }

        if (!(Rtol >= 0 && Rtol < 1))
        {
            throw new InvalidInputException($"rtol {Rtol:R}: must be from 0 to below 1");
        }

        if (!(Atol > 0 && double.IsFinite(Atol)))
        {
            throw new InvalidInputException($"atol {Atol:R}: must be positive");
        }

        if (Batch < 1)
        {
            throw new InvalidInputException($"batch {Batch}: at least 1 image is needed");
        }

        _ = Range(denoiser);
        if (Solver == FlowSolver.DormandPrince && denoiser.RoundSigma(Probe) != Probe)
        {
            throw new InvalidInputException(
                "the model knows only some noise levels, so steps cannot be chosen freely: use the fixed grid (steps)");
        }
    }

    /// <summary>The part of <see cref="Sigma"/> that the model knows.</summary>
    internal SigmaRange Range(IDenoiser denoiser) => Sigma.Intersect(denoiser.SigmaMin, denoiser.SigmaMax);
}
