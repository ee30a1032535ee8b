using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling;

/// <summary>The sampler of EDM: Heun's method on σ(t) = t with optional churn (Karras et al. 2022, Algorithms 1 and 2).</summary>
public static class EdmSampler
{
    /// <summary>The tableau of a run over EDM's noise levels.</summary>
    /// <param name="options">Steps, range and stochasticity.</param>
    /// <param name="roundSigma">What the network makes of a noise level, if it knows only some.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public static SamplerTableau Create(EdmSamplerOptions options, Func<double, double>? roundSigma = null) =>
        Create(NoiseLevels.EDM(options.NumSteps, options.Sigma, options.Rho), options.Solver, options.Churn, roundSigma);

    /// <summary>The tableau of a run over given noise levels.</summary>
    /// <param name="levels">t_0 … t_N; a sample at t_N &gt; 0 keeps that noise.</param>
    /// <param name="solver">Heun, or Euler without the correction.</param>
    /// <param name="churn">Stochasticity.</param>
    /// <param name="roundSigma">What the network makes of a noise level, if it knows only some.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public static SamplerTableau Create(
        NoiseLevels levels, OdeSolver solver, Churn churn, Func<double, double>? roundSigma = null)
    {
        churn.Validate();
        var round = roundSigma ?? (sigma => sigma);
        var t = levels.Rounded(round);
        var network = new SamplerTableauBuilder();

        var x = t[0] * network.Xi;                                                         // line 2
        for (var i = 0; i < t.Steps; i++)
        {
            var gamma = churn.Gamma(t[i], t.Steps);                                                  // line 4
            var tHat = round(t[i] + gamma * t[i]);                                                   // line 5
            var noisy = x + churn.NoiseBetween(t[i], tHat) * network.Z;                    // line 6

            (var xHat, var denoised) = network.Evaluate(noisy, tHat);
            var d = (xHat - denoised) / tHat;                                              // line 7
            var h = t[i + 1] - tHat;
            x = xHat + h * d;                                                                           // line 8
            if (solver == OdeSolver.Heun && t[i + 1] > 0)
            {
                (var xNext, var denoisedNext) = network.Evaluate(x, t[i + 1]);
                var dNext = (xNext - denoisedNext) / t[i + 1];                             // line 10
                x = xHat + h * (0.5 * d + 0.5 * dNext);                                                 // line 11
            }
        }

        return network.Sample(x, t[t.Steps]);
    }
}
