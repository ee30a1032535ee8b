using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling;

/// <summary>
/// The general sampler of EDM: any time steps, schedule σ(t) and scaling s(t), Euler or a second-order step with parameter α,
/// and churn (Karras et al. 2022, Algorithm 1, its α family in Algorithm 3, and Algorithm 2 for general σ and s). It reproduces
/// the samplers that earlier work used for VP, VE and iDDPM networks.
/// </summary>
public static class GeneralSampler
{
    /// <summary>The tableau of a run. The ODE is solved for the scaled state s(t)·x; the rows hold x.</summary>
    /// <param name="options">Steps, schedule, scaling, solver and stochasticity.</param>
    /// <param name="roundSigma">What the network makes of a noise level, if it knows only some.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public static SamplerTableau Create(GeneralSamplerOptions options, Func<double, double>? roundSigma = null)
    {
        options.Validate();
        Func<double, double> round = roundSigma ?? (sigma => sigma);
        NoiseLevels levels = options.CreateLevels().Rounded(round);
        NoiseSchedule noise = options.CreateSchedule();
        Scaling scaling = options.CreateScaling();
        (Churn churn, double alpha) = (options.Churn, options.Alpha);
        double[] t = [.. levels.Sigmas.Select(noise.Time)];
        var network = new SamplerTableauBuilder();

        LinearExpression x = scaling.S(t[0]) * levels[0] * network.Xi;
        for (int i = 0; i < levels.Steps; i++)
        {
            double sigma = levels[i];
            double sigmaHat = round(sigma + churn.Gamma(sigma, levels.Steps) * sigma);
            double tHat = noise.Time(sigmaHat);
            LinearExpression noisy = (scaling.S(tHat) / scaling.S(t[i])) * x
                + scaling.S(tHat) * churn.NoiseBetween(sigma, sigmaHat) * network.Z;

            double h = t[i + 1] - tHat;
            (LinearExpression xHat, LinearExpression d) = Derivative(noisy, tHat);
            if (options.Solver == OdeSolver.Euler || i == levels.Steps - 1)
            {
                x = xHat + h * d;
                continue;
            }

            double tPrime = tHat + alpha * h;
            if (tPrime <= 0)
            {
                throw new InvalidInputException(
                    $"alpha {alpha:R} takes step {i} of {levels.Steps} beyond time 0; use an alpha of at most 1.");
            }

            (_, LinearExpression dPrime) = Derivative(xHat + alpha * h * d, tPrime);
            x = xHat + h * ((1 - 1 / (2 * alpha)) * d + 1 / (2 * alpha) * dPrime);
        }

        return network.Sample(x / scaling.S(0));

        // The state at time t, evaluated, and dx/dt = (σ̇/σ + ṡ/s) x − (σ̇ s/σ) D(x/s; σ) (eq. 4 and 3).
        (LinearExpression X, LinearExpression D) Derivative(LinearExpression state, double time)
        {
            (double sigma, double s) = (noise.Sigma(time), scaling.S(time));
            double logSigmaDerivative = noise.SigmaDerivative(time) / sigma;
            (LinearExpression unscaled, LinearExpression denoised) = network.Evaluate(state / s, sigma);
            LinearExpression evaluated = s * unscaled;
            double logSDerivative = scaling.SDerivative(time) / s;
            return (evaluated, (logSigmaDerivative + logSDerivative) * evaluated - logSigmaDerivative * s * denoised);
        }
    }
}
