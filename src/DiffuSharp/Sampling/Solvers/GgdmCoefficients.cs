namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// The free coefficients of a GGDM sampler with K network calls (Watson et al. 2022): the process
/// q(x_t | x_{&gt;t}, x_0) = N(μ_t0 x_0 + Σ_{u&gt;t} μ_tu x_u, σ_t² I) for t = K … 1, in any coordinates, for example VP's.
/// </summary>
public sealed record GgdmCoefficients
{
    /// <summary>μ: entry t − 1 lists μ_t0, μ_{t,t+1}, …, μ_{t,K}; the last entry is μ_K0 alone.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Mu { get; init; }

    /// <summary>σ_t at t − 1, not negative; σ_K is also the standard deviation of the prior draw x_K.</summary>
    public required IReadOnlyList<double> Sigma { get; init; }

    /// <summary>
    /// PRED: (ã_t, ṽ_t) at t − 1 for x̂_0 = (x_t − √ṽ_t ε)/ã_t; null for the marginals of Theorem 1. Without <see cref="NetworkSigma"/> the
    /// network sees x_t/ã_t at noise √ṽ_t/ã_t.
    /// </summary>
    public IReadOnlyList<Marginal>? Prediction { get; init; }

    /// <summary>
    /// TIME: the noise level σ(τ_t) given to the network at t − 1, whose input then is x_t √(1 + σ(τ_t)²), what a VP network of time τ_t
    /// makes of x_t; null for levels that agree with the prediction coefficients.
    /// </summary>
    public IReadOnlyList<double>? NetworkSigma { get; init; }

    /// <summary>K, the number of network calls.</summary>
    public int Steps => Sigma.Count;

    /// <summary>μ_tu.</summary>
    /// <param name="t">From 1 to K.</param>
    /// <param name="u">0, or from t + 1 to K.</param>
    public double this[int t, int u] => Mu[t - 1][u == 0 ? 0 : u - t];

    /// <summary>q(x_t | x_0) = N(a_t x_0, v_t I) at t − 1, by Theorem 1 in its direct form: loadings on the independent draws.</summary>
    public IReadOnlyList<Marginal> Marginals()
    {
        var marginals = new Marginal[Steps];
        var loadings = new double[Steps + 1][];
        for (var t = Steps; t >= 1; t--)
        {
            var mean = this[t, 0];
            var loading = new double[Steps + 1];
            loading[t] = Sigma[t - 1];
            for (var u = t + 1; u <= Steps; u++)
            {
                mean += this[t, u] * marginals[u - 1].Mean;
                for (var k = u; k <= Steps; k++)
                {
                    loading[k] += this[t, u] * loadings[u][k];
                }
            }

            loadings[t] = loading;
            marginals[t - 1] = new Marginal(mean, loading.Sum(value => value * value));
        }

        return marginals;
    }

    /// <summary>Checks the shapes and ranges.</summary>
    /// <exception cref="InvalidInputException">A list has the wrong length, or a number is out of range.</exception>
    public void Validate()
    {
        if (Steps == 0 || Mu.Count != Steps || Mu.Where((row, i) => row.Count != Steps - i).Any())
        {
            throw new InvalidInputException($"GGDM with {Steps} sigmas needs {Steps} lists of mu with {Steps} to 1 numbers.");
        }

        if ((Prediction ?? Marginals()).Any(m => !(m.Mean != 0 && double.IsFinite(m.Mean) && m.Variance > 0 && double.IsFinite(m.Variance)))
            || Sigma.Any(sigma => !(sigma >= 0)))
        {
            throw new InvalidInputException("GGDM needs sigmas that are not negative, and prediction coefficients a not 0 and v positive.");
        }

        if ((Prediction ?? Marginals()).Count != Steps || (NetworkSigma is { } given && (given.Count != Steps || given.Any(sigma => !(sigma > 0)))))
        {
            throw new InvalidInputException($"GGDM with {Steps} sigmas needs as many prediction coefficients and positive network levels.");
        }
    }
}
