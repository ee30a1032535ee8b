using DiffuSharp.Denoising;

namespace DiffuSharp.Likelihood;

/// <summary>How <see cref="OdeLikelihood"/> measures.</summary>
public sealed record OdeLikelihoodOptions
{
    /// <summary>Largest dimension for which the exact trace is worth its price.</summary>
    public const int LargestExact = 4096;

    /// <summary>How the ODE is followed.</summary>
    public ProbabilityFlowOptions Flow { get; init; } = new();

    /// <summary>How the trace is found.</summary>
    public TraceKind Trace { get; init; } = TraceKind.Hutchinson;

    /// <summary>Hutchinson: vectors for each image, at least 1; each costs a vector-Jacobian product for each evaluation.</summary>
    public int Probes { get; init; } = 1;

    /// <summary>How bytes become continuous.</summary>
    public Dequantisation Dequantisation { get; init; } = Dequantisation.Above;

    /// <summary>Image i draws from a generator of its own with seed (seed + i) modulo 2³²: first U, then the vectors.</summary>
    public long Seed { get; init; }

    /// <summary>Checks the options against the model.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate(IDenoiser denoiser)
    {
        Flow.Validate(denoiser);
        if (Probes < 1)
        {
            throw new InvalidInputException($"probes {Probes}: at least 1 is needed");
        }

        if (Trace == TraceKind.Exact && denoiser.Shape.Count > LargestExact)
        {
            throw new InvalidInputException(
                $"exact trace: {denoiser.Shape.Count} products for each evaluation are too many; use Hutchinson's estimate");
        }
    }
}
