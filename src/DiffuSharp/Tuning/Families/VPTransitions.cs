namespace DiffuSharp.Tuning.Families;

/// <summary>The numbers of DDIM(η) as a point of GGDM, in VP coordinates; row r is x_t with t = K − r.</summary>
/// <param name="Clean">μ_t0.</param>
/// <param name="Previous">μ_{t,t+1}; 0 in row 0.</param>
/// <param name="Noise">σ_t; row 0 has the prior's.</param>
internal sealed record VPTransitions(IReadOnlyList<double> Clean, IReadOnlyList<double> Previous, IReadOnlyList<double> Noise)
{
    /// <summary>ᾱ = 1/(1 + σ²).</summary>
    public static double AlphaBar(double sigma) => 1 / (1 + (sigma * sigma));

    /// <summary>DDIM(η) on levels σ_0 … σ_{K−1} (Song et al. 2021, eq. 12 and 16).</summary>
    public static VPTransitions Ddim(IReadOnlyList<double> sigmas, double eta)
    {
        double[] alpha = [.. sigmas.Select(AlphaBar)];
        var count = alpha.Length;
        var (clean, previous, noise) = (new double[count], new double[count], new double[count]);
        (clean[0], noise[0]) = (Math.Sqrt(alpha[0]), Math.Sqrt(1 - alpha[0]));
        for (var r = 1; r < count; r++)
        {
            noise[r] = eta * Math.Sqrt((1 - alpha[r]) / (1 - alpha[r - 1]) * (1 - (alpha[r - 1] / alpha[r])));
            previous[r] = Math.Sqrt((1 - alpha[r] - (noise[r] * noise[r])) / (1 - alpha[r - 1]));
            clean[r] = Math.Sqrt(alpha[r]) - (previous[r] * Math.Sqrt(alpha[r - 1]));
        }

        return new VPTransitions(clean, previous, noise);
    }

    /// <summary>μ_t0 and then μ over rows 0 … r − 1.</summary>
    public IEnumerable<double> Row(int r) =>
        r == 0 ? [Clean[0]] : [Clean[r], .. Enumerable.Repeat(0.0, r - 1), Previous[r]];
}
