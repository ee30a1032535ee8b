using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// SA-Solver (Xue et al. 2023): stochastic Adams methods, predictor and corrector, for x(λ + h) = e^(−c h) x + ∫ c e^(c(s−h)) D ds + σ' √(1 − e^(−2τ²h)) z with c = 1 + τ², λ = −ln σ.
/// The corrector takes the next evaluation into its polynomial, with the noise of the predictor, and costs none. A step to σ = 0 lands on D.
/// </summary>
[Recipe("sa-solver", Source = "Xue et al. 2023, Algorithm 1")]
public sealed record SaSolver : Solver
{
    /// <summary>Evaluations in the predictor's polynomial.</summary>
    [Range(1, 4)]
    public int PredictorOrder { get; init; } = 3;

    /// <summary>Evaluations in the corrector's polynomial, that of the predicted state among them; 0 for no corrector.</summary>
    [Range(0, 5)]
    public int CorrectorOrder { get; init; } = 4;

    /// <summary>τ: 0 is the ODE, 1 the SDE with the noise of ancestral sampling.</summary>
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double Tau { get; init; } = 1;

    /// <summary>Lowest σ from which a step draws noise.</summary>
    [Range(0, double.PositiveInfinity)]
    public double TauMin { get; init; } = 0.05;

    /// <summary>Highest σ from which a step draws noise.</summary>
    [Range(0, double.PositiveInfinity)]
    public double TauMax { get; init; } = 1;

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        Validate();
        MultistepOrder.RequireFalling(levels);
        var network = new SamplerTableauBuilder();
        var denoised = new List<LinearExpression>();

        var x = levels[0] * network.Xi;
        LinearExpression? state = null;
        LinearExpression? predicted = null;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var arrived, var d) = network.Evaluate(x, levels[i]);
            denoised.Add(d);
            state = state is null || CorrectorOrder == 0
                ? arrived
                : arrived - predicted! + Mean(levels, i - 1, state, denoised, Math.Min(CorrectorOrder, i + 1));
            if (levels[i + 1] == 0)
            {
                x = d;
                continue;
            }

            var tau = Noise(levels[i]);
            predicted = Mean(levels, i, state, denoised, Math.Min(PredictorOrder, i + 1));
            x = predicted + levels[i + 1] * Math.Sqrt(1 - Math.Exp(-2 * tau * tau * Math.Log(levels[i] / levels[i + 1]))) * network.Z;
        }

        return network.Sample(x, levels[levels.Steps]);
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        if (TauMin > TauMax)
        {
            throw Invalid($"tau_min is {TauMin:R} and tau_max is {TauMax:R}; tau_min must not exceed tau_max");
        }
    }

    private double Noise(double sigma) => sigma >= TauMin && sigma <= TauMax ? Tau : 0;

    // The step from level i without its noise, D a polynomial in λ through the last `count` evaluations (eq. 14 and 17).
    private LinearExpression Mean(NoiseLevels levels, int i, LinearExpression state, List<LinearExpression> denoised, int count)
    {
        var tau = Noise(levels[i]);
        var c = 1 + tau * tau;
        var h = Math.Log(levels[i] / levels[i + 1]);
        double[] nodes = [.. Enumerable.Range(1, count).Select(k => Math.Log(levels[i] / levels[denoised.Count - k]))];
        var x = Math.Exp(-c * h) * state;
        for (var k = 0; k < count; k++)
        {
            var node = k;
            x += GaussLegendre.Integrate(s => c * Math.Exp(c * (s - h)) * LagrangePolynomial.Basis(nodes, node, s), 0, h) * denoised[^(k + 1)];
        }

        return x;
    }
}
