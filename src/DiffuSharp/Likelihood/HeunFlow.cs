namespace DiffuSharp.Likelihood;

/// <summary>
/// Heun's method on given noise levels, up or down. The image moves linearly in σ as in EDM's sampler; the integral of the divergence, which
/// is smooth in ln σ, is a trapezoid sum in ln σ over the same evaluations.
/// </summary>
internal static class HeunFlow
{
    /// <summary>Moves all states from the first level to the last.</summary>
    /// <param name="field">The ODE.</param>
    /// <param name="states">Replaced by the states at the last level.</param>
    /// <param name="sigmas">At least two levels, all positive.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    public static void Solve(
        FlowField field, double[][] states, IReadOnlyList<double> sigmas, Action<double>? progress, CancellationToken cancellation)
    {
        int[] images = [.. Enumerable.Range(0, states.Length)];
        for (var i = 0; i + 1 < sigmas.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (sigma, next) = (sigmas[i], sigmas[i + 1]);
            var logStep = Math.Log(next / sigma);
            var first = field.Slopes(images, Repeat(Math.Log(sigma)), states);
            var predicted = Advance((next - sigma) / sigma, first, 0, first);
            var second = field.Slopes(images, Repeat(Math.Log(next)), predicted);
            var corrected = Advance((next - sigma) / (2 * sigma), first, (next - sigma) / (2 * next), second);
            for (var n = 0; n < states.Length; n++)
            {
                for (var j = field.Coordinates; j < field.Size; j++)
                {
                    corrected[n][j] = states[n][j] + (0.5 * logStep * (first[n][j] + second[n][j]));
                }

                states[n] = corrected[n];
            }

            progress?.Invoke((i + 1.0) / (sigmas.Count - 1));
        }

        double[] Repeat(double value) => [.. Enumerable.Repeat(value, states.Length)];

        double[][] Advance(double a, double[][] first, double b, double[][] second) =>
            [.. states.Select((y, n) => y.Select((value, j) => value + (a * first[n][j]) + (b * second[n][j])).ToArray())];
    }
}
