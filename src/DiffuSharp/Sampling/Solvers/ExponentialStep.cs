using static DiffuSharp.Sampling.Solvers.PhiFunction;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// A step of the ODE in λ = −ln σ whose linear part is exact (Lu et al. 2022): x(λ + h) = e^(−h) x + ∫ e^(s−h) D ds, or x + ∫ ε dσ, with D or ε as a
/// Taylor polynomial in s/h.
/// </summary>
/// <param name="From">σ at the start.</param>
/// <param name="To">σ at the end, below <paramref name="From"/>.</param>
/// <param name="Form">What is taken for a polynomial.</param>
internal readonly record struct ExponentialStep(double From, double To, DpmForm Form = DpmForm.Data)
{
    /// <summary>h = ln(From/To).</summary>
    public double H => Math.Log(From / To);

    /// <summary>D, or ε = (x − D)/σ, of an evaluation.</summary>
    public LinearExpression Value(LinearExpression state, LinearExpression denoised, double sigma) =>
        Form == DpmForm.Data ? denoised : (state - denoised) / sigma;

    /// <summary>The step with a constant polynomial: DDIM.</summary>
    public LinearExpression First(LinearExpression state, LinearExpression value)
    {
        var ratio = To / From;
        return Form == DpmForm.Data ? ratio * state + (1 - ratio) * value : state + (To - From) * value;
    }

    /// <summary>The weight of the derivative of order k − 1 in s/h: h φ_k(−h), or −To h φ_k(h) for ε.</summary>
    public double Weight(int k) => Form == DpmForm.Data ? H * Phi(k, -H) : -To * H * Phi(k, H);

    /// <summary>The weight of a difference over the whole step: Taylor's, or half of the constant's.</summary>
    public double Slope(DpmSolverType type) => type == DpmSolverType.Midpoint ? 0.5 * Weight(1) : Weight(2);
}
