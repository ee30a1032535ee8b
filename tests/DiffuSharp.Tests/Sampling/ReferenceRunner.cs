using DiffuSharp.Sampling;

namespace DiffuSharp.Tests.Sampling;

/// <summary>
/// Runs a tableau on one image of doubles, keeping nothing longer than <see cref="LiveRanges"/> says; counts evaluations.
/// </summary>
internal sealed class ReferenceRunner(Func<double[], double, double[]> denoiser)
{
    public int Nfe { get; private set; }

    /// <summary>What the state of a row is made to before it is used.</summary>
    public Func<int, double[], double[]> Replace { get; init; } = (_, state) => state;

    public double[] Run(SamplerTableau tableau, double[] xi, Func<int, double[]> noiseOfRow)
    {
        var live = new LiveRanges(tableau);
        var sample = tableau.Nfe;
        var x = new double[sample + 1][];
        var denoised = new double[sample][];
        for (var i = 0; i <= sample; i++)
        {
            var row = tableau.Rows[i];
            double[] state = [.. xi.Select(value => row.Prior * value)];
            Add(state, row.States, x);
            Add(state, row.Denoised, denoised);
            if (row.Noise != 0)
            {
                var z = noiseOfRow(i);
                for (var c = 0; c < state.Length; c++)
                {
                    state[c] += row.Noise * z[c];
                }
            }

            if (i == sample)
            {
                return state;
            }

            x[i] = Replace(i, state);
            denoised[i] = denoiser(x[i], row.Sigma);
            Nfe++;
            foreach (var j in live.StatesEndingAt(i))
            {
                x[j] = null!;
            }

            foreach (var j in live.DenoisedEndingAt(i))
            {
                denoised[j] = null!;
            }
        }

        throw new InvalidOperationException("A tableau has a last row.");
    }

    public double[] Run(SamplerTableau tableau, double[] xi) =>
        Run(tableau, xi, i => throw new InvalidOperationException($"Row {i} of a deterministic sampler draws noise."));

    private static void Add(double[] state, IReadOnlyList<Term> terms, double[][] images)
    {
        foreach ((var j, var coefficient) in terms)
        {
            for (var c = 0; c < state.Length; c++)
            {
                state[c] += coefficient * images[j][c];
            }
        }
    }
}
