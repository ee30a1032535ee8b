namespace DiffuSharp.Sampling.Solvers;

/// <summary>φ_k(z) = Σ_j z^j/(j + k)!, the functions of exponential integrators: φ_0 = e^z, φ_{k+1}(z) = (φ_k(z) − 1/k!)/z.</summary>
internal static class PhiFunction
{
    // Below this |z| the recursion loses digits and the series has few terms.
    private const double Small = 2;

    /// <summary>φ_k(z), to nearly all digits.</summary>
    public static double Phi(int k, double z)
    {
        if (k == 0)
        {
            return Math.Exp(z);
        }

        return Math.Abs(z) < Small ? Series(k, z) : (Phi(k - 1, z) - 1 / Factorial(k - 1)) / z;
    }

    /// <summary>k!.</summary>
    public static double Factorial(int k) => k < 2 ? 1 : k * Factorial(k - 1);

    private static double Series(int k, double z)
    {
        var term = 1 / Factorial(k);
        var sum = term;
        for (var j = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); j++)
        {
            term *= z / (j + k);
            sum += term;
        }

        return sum;
    }
}
