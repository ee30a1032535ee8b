namespace DiffuSharp.Tests.Sampling;

/// <summary>p_data = Σ w_k N(mean_k, std_k² I) with its denoiser in closed form.</summary>
internal sealed record GaussianMixture(double[] Weights, double[][] Means, double[] Stds)
{
    /// <summary>D(x; σ) = Σ r_k(x) (std_k² x + σ² mean_k) / (std_k² + σ²).</summary>
    public double[] Denoise(double[] x, double sigma)
    {
        double[] variances = [.. Stds.Select(std => std * std + sigma * sigma)];
        double[] logs = [.. Weights.Select((w, k) =>
            Math.Log(w) - 0.5 * x.Length * Math.Log(variances[k]) - 0.5 * SquaredDistance(x, Means[k]) / variances[k])];
        double[] responsibilities = [.. logs.Select(log => Math.Exp(log - logs.Max()))];
        var total = responsibilities.Sum();
        return
        [
            .. x.Select((value, c) => responsibilities
                .Select((r, k) => r / total * (Stds[k] * Stds[k] * value + sigma * sigma * Means[k][c]) / variances[k])
                .Sum()),
        ];
    }

    private static double SquaredDistance(double[] a, double[] b) => a.Zip(b, (p, q) => (p - q) * (p - q)).Sum();
}
