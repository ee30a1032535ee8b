using DiffuSharp.Sampling;

namespace DiffuSharp.Tests.Sampling;

/// <summary>
/// E[x²] of the sample of any sampler on Gaussian data N(0, S²), exactly: the denoiser is linear, so every state is a known combination of the draws.
/// The first state has the exact distribution.
/// </summary>
internal static class GaussianMoment
{
    /// <summary>S².</summary>
    public const double Variance = 0.25;

    public static double After(SamplerTableau tableau)
    {
        var states = new List<double[]>();
        foreach (var row in tableau.Rows)
        {
            var state = new double[tableau.Rows.Count];
            state[0] = row.Prior == 0 ? 0 : row.Prior * Math.Sqrt(Variance + row.Sigma * row.Sigma) / row.Sigma;
            state[states.Count] += row.Noise;
            Add(row.States, _ => 1);
            Add(row.Denoised, sigma => Variance / (Variance + sigma * sigma));
            states.Add(state);

            void Add(IReadOnlyList<Term> terms, Func<double, double> factor)
            {
                foreach (var (j, coefficient) in terms)
                {
                    var by = coefficient * factor(tableau.Rows[j].Sigma);
                    for (var k = 0; k < j + 1; k++)
                    {
                        state[k] += by * states[j][k];
                    }
                }
            }
        }

        return states[^1].Sum(value => value * value);
    }
}
