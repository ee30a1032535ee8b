namespace DiffuSharp.Sampling;

/// <summary>
/// The distribution of a row's state given the clean image x_0, when every denoised image is x_0: N(Mean·x_0, Variance·I)
/// (Watson et al. 2022, Theorem 1).
/// </summary>
/// <param name="Mean">The coefficient of x_0; 1 on the diffusion process x = x_0 + σ n.</param>
/// <param name="Variance">The variance of the noise; σ² on the diffusion process.</param>
public readonly record struct Marginal(double Mean, double Variance)
{
    /// <summary>The standard deviation of the noise.</summary>
    public double StandardDeviation => Math.Sqrt(Variance);

    /// <summary>
    /// The marginals of all rows, exactly: the loadings of each state on ξ and the z_i are propagated through the rows, the
    /// variance is their squared length. This is Theorem 1 in its direct form. Noise that the network chooses counts with its upper end.
    /// </summary>
    /// <param name="tableau">The tableau.</param>
    /// <returns>One marginal per row, the sample included.</returns>
    public static IReadOnlyList<Marginal> Of(SamplerTableau tableau)
    {
        var marginals = new Marginal[tableau.Rows.Count];
        var loadings = new double[tableau.Rows.Count][];
        var draws = tableau.NoiseDraws;
        var drawn = 0;
        for (var i = 0; i < marginals.Length; i++)
        {
            var row = tableau.Rows[i];
            var loading = new double[1 + draws];
            loading[0] = row.Prior;
            if (row.Noise != 0)
            {
                loading[++drawn] = row.Noise;
            }

            var mean = row.Denoised.Sum(term => term.Coefficient);
            foreach ((var j, var coefficient) in row.States)
            {
                mean += coefficient * marginals[j].Mean;
                for (var k = 0; k <= drawn; k++)
                {
                    loading[k] += coefficient * loadings[j][k];
                }
            }

            loadings[i] = loading;
            marginals[i] = new Marginal(mean, loading.Sum(value => value * value));
        }

        return marginals;
    }
}
