namespace DiffuSharp.Sampling.Solvers;

/// <summary>What a solver of the DPM family takes for a polynomial in λ = −ln σ.</summary>
public enum DpmForm
{
    /// <summary>The denoised image D: DPM-Solver++.</summary>
    Data,

    /// <summary>The noise ε = (x − D)/σ: DPM-Solver.</summary>
    Noise,
}
