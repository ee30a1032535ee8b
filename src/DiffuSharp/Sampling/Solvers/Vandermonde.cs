namespace DiffuSharp.Sampling.Solvers;

/// <summary>Weights of a quadrature with given nodes.</summary>
internal static class Vandermonde
{
    /// <summary>The weights w with Σ_k w_k r_k^n = m_n for n = 0 … K−1: m applied to the Lagrange polynomials of the nodes.</summary>
    /// <param name="nodes">r_1 … r_K, all different.</param>
    /// <param name="moments">m_0 … m_{K−1}.</param>
    public static double[] Weights(IReadOnlyList<double> nodes, IReadOnlyList<double> moments)
    {
        var weights = new double[nodes.Count];
        for (var k = 0; k < weights.Length; k++)
        {
            // The coefficients of Π_{j≠k} (r − r_j)/(r_k − r_j), from r^0 up.
            var polynomial = new double[weights.Length];
            polynomial[0] = 1;
            var degree = 0;
            for (var j = 0; j < weights.Length; j++)
            {
                if (j == k)
                {
                    continue;
                }

                degree++;
                var scale = nodes[k] - nodes[j];
                for (var n = degree; n >= 0; n--)
                {
                    polynomial[n] = ((n > 0 ? polynomial[n - 1] : 0) - nodes[j] * polynomial[n]) / scale;
                }
            }

            weights[k] = polynomial.Zip(moments, (c, m) => c * m).Sum();
        }

        return weights;
    }
}
