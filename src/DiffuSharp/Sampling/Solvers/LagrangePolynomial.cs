namespace DiffuSharp.Sampling.Solvers;

/// <summary>The polynomials that are 1 at one node and 0 at the others.</summary>
internal static class LagrangePolynomial
{
    /// <summary>The polynomial of node <paramref name="k"/> at <paramref name="t"/>.</summary>
    public static double Basis(ReadOnlySpan<double> nodes, int k, double t)
    {
        double product = 1;
        for (var j = 0; j < nodes.Length; j++)
        {
            product *= j == k ? 1 : (t - nodes[j]) / (nodes[k] - nodes[j]);
        }

        return product;
    }
}
