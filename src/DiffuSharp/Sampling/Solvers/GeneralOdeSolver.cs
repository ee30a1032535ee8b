using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// EDM's framework for earlier samplers: any schedule σ(t) and scaling s(t), Euler or a second-order step with parameter α, and churn
/// (Karras et al. 2022, Algorithm 1, its α family in Algorithm 3, and Algorithm 2 for general σ and s).
/// </summary>
internal static class GeneralOdeSolver
{
    /// <summary>The tableau of a run. The ODE is solved for the scaled state s(t)·x; the rows hold x.</summary>
    public static SamplerTableau Build(EdmSolver solver, NoiseLevels levels)
    {
        var noise = NoiseSchedule.Of(solver.Schedule, levels.Range, solver.EpsilonS);
        var scaling = Schedules.Scaling.Of(solver.Scaling, noise);
        var churn = solver.Churn;
        double[] t = [.. levels.Sigmas.Select(noise.Time)];
        var network = new SamplerTableauBuilder();

        var x = scaling.S(t[0]) * levels[0] * network.Xi;
        for (var i = 0; i < levels.Steps; i++)
        {
            var sigma = levels[i];
            var sigmaHat = levels.Round(sigma + churn.Gamma(sigma, levels.Steps) * sigma);
            var tHat = noise.Time(sigmaHat);
            var noisy = (scaling.S(tHat) / scaling.S(t[i])) * x
                + scaling.S(tHat) * churn.NoiseBetween(sigma, sigmaHat) * network.Z;

            var h = t[i + 1] - tHat;
            (var xHat, var d) = Derivative(noisy, tHat);
            if (solver.SecondOrder is not { } alpha || levels[i + 1] == 0)
            {
                x = xHat + h * d;
                continue;
            }

            var tPrime = tHat + alpha * h;
            if (tPrime <= 0)
            {
                throw new InvalidInputException($"alpha {alpha:R} takes step {i} of {levels.Steps} beyond time 0; use an alpha of at most 1.");
            }

            (_, var dPrime) = Derivative(xHat + alpha * h * d, tPrime);
            x = xHat + h * ((1 - 1 / (2 * alpha)) * d + 1 / (2 * alpha) * dPrime);
        }

        return network.Sample(x / scaling.S(t[levels.Steps]), levels[levels.Steps]);

        // The state at time t, evaluated, and dx/dt = (σ̇/σ + ṡ/s) x − (σ̇ s/σ) D(x/s; σ) (eq. 4 and 3).
        (LinearExpression X, LinearExpression D) Derivative(LinearExpression state, double time)
        {
            (var sigma, var s) = (noise.Sigma(time), scaling.S(time));
            var logSigmaDerivative = noise.SigmaDerivative(time) / sigma;
            (var unscaled, var denoised) = network.Evaluate(state / s, sigma);
            var evaluated = s * unscaled;
            var logSDerivative = scaling.SDerivative(time) / s;
            return (evaluated, (logSigmaDerivative + logSDerivative) * evaluated - logSigmaDerivative * s * denoised);
        }
    }
}
