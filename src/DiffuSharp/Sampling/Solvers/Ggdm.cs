namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// GGDM, generalised Gaussian diffusion (Watson et al. 2022): the sampler x_{t−1} = μ_{t−1,0} x̂_0 + Σ_{u≥t} μ_{t−1,u} x_u + σ_{t−1} z
/// whose last x̂_0 is the sample. It contains DDIM(η) and, with σ = 0, every multistep solver.
/// </summary>
public static class Ggdm
{
    /// <summary>The tableau of a run: K evaluations.</summary>
    /// <param name="coefficients">μ, σ and what is learned besides.</param>
    /// <exception cref="InvalidInputException">The coefficients are out of range.</exception>
    public static SamplerTableau Create(GgdmCoefficients coefficients)
    {
        coefficients.Validate();
        var prediction = coefficients.Prediction ?? coefficients.Marginals();
        var steps = coefficients.Steps;
        var network = new SamplerTableauBuilder();
        var states = new LinearExpression[steps + 1];

        var x = coefficients.Sigma[steps - 1] * network.Xi;
        for (var t = steps; ; t--)
        {
            // The network sees scale·x_t, which is a state in EDM's coordinates.
            (var a, var root) = (prediction[t - 1].Mean, prediction[t - 1].StandardDeviation);
            var sigma = coefficients.NetworkSigma?[t - 1] ?? root / Math.Abs(a);
            var scale = coefficients.NetworkSigma is null ? 1 / a : Math.Sqrt(1 + sigma * sigma);
            (var seen, var denoised) = network.Evaluate(scale * x, sigma);
            states[t] = seen / scale;

            // x̂_0 = (x_t − √ṽ ε)/ã with ε = (seen − D)/σ; where the levels agree this is D.
            var clean = coefficients.NetworkSigma is null
                ? denoised
                : (states[t] - root / sigma * (seen - denoised)) / a;
            if (t == 1)
            {
                return network.Sample(clean);
            }

            x = coefficients[t - 1, 0] * clean + coefficients.Sigma[t - 2] * network.Z;
            for (var u = t; u <= steps; u++)
            {
                x += coefficients[t - 1, u] * states[u];
            }
        }
    }

    /// <summary>
    /// A sampler as a point of the GGDM family, in EDM's coordinates: earlier denoised images are replaced by the states that they led
    /// to, D_j = (x_{j+1} − …)/c_{j+1,j}.
    /// </summary>
    /// <param name="tableau">
    /// One evaluation a step, each used in the next row; a sample that is the last D; no noise in a row whose D is used again later.
    /// </param>
    /// <exception cref="InvalidInputException">The tableau is not of that form.</exception>
    public static GgdmCoefficients From(SamplerTableau tableau)
    {
        var steps = tableau.Nfe;
        var last = tableau.Rows[steps];
        if (last is not { Prior: 0, States.Count: 0, Noise: 0, Denoised.Count: 1 } || last.Denoised[0] != new Term(steps - 1, 1))
        {
            throw new InvalidInputException("Only a sampler whose sample is its last denoised image is a GGDM sampler.");
        }

        // The D of each row as a combination of states: old[j][k] multiplies x_k.
        var old = new double[steps][];
        var mu = new double[steps][];
        mu[steps - 1] = [1];
        for (var r = 1; r < steps; r++)
        {
            var row = tableau.Rows[r];
            var newest = row.Denoised.FirstOrDefault(term => term.Row == r - 1).Coefficient;
            if (row.Prior != 0 || newest == 0)
            {
                throw new InvalidInputException($"Sampler row {r} does not step from the evaluation before it: no GGDM sampler.");
            }

            var weights = new double[r];
            foreach ((var j, var coefficient) in row.States)
            {
                weights[j] += coefficient;
            }

            foreach ((var j, var coefficient) in row.Denoised.Where(term => term.Row < r - 1))
            {
                if (tableau.Rows[j + 1].Noise != 0)
                {
                    throw new InvalidInputException($"Sampler row {r} uses D_{j} again after noise was added: no GGDM sampler.");
                }

                for (var k = 0; k <= j + 1; k++)
                {
                    weights[k] += coefficient * old[j][k];
                }
            }

            old[r - 1] = [.. weights.Select(w => -w / newest), 1 / newest];
            mu[steps - 1 - r] = [newest, .. weights.Reverse()];
        }

        double[] sigma = [.. tableau.Rows.Take(steps).Select((row, r) => r == 0 ? row.Prior : row.Noise).Reverse()];
        return new GgdmCoefficients { Mu = mu, Sigma = sigma };
    }
}
