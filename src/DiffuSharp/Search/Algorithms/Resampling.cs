namespace DiffuSharp.Search.Algorithms;

/// <summary>Weights of particles, always as logarithms.</summary>
public static class Resampling
{
    /// <summary>Weights that sum to 1.</summary>
    public static double[] Normalise(ReadOnlySpan<double> logWeights)
    {
        var largest = double.NegativeInfinity;
        foreach (var log in logWeights)
        {
            largest = Math.Max(largest, log);
        }

        var weights = new double[logWeights.Length];
        double sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] = double.IsNegativeInfinity(largest) ? 1 : Math.Exp(logWeights[i] - largest);
        }

        return Array.ConvertAll(weights, weight => weight / sum);
    }

    /// <summary>The effective number of particles, 1/Σw².</summary>
    /// <param name="weights">Weights that sum to 1.</param>
    public static double EffectiveSize(double[] weights) => 1 / weights.Sum(weight => weight * weight);

    /// <summary>Systematic resampling: the ancestors, ascending, of which particle i appears ⌊n w_i⌋ or ⌈n w_i⌉ times.</summary>
    /// <param name="weights">Weights that sum to 1.</param>
    /// <param name="uniform">One number in [0, 1).</param>
    public static int[] Systematic(double[] weights, double uniform)
    {
        var ancestors = new int[weights.Length];
        var (particle, cumulated) = (0, weights[0]);
        for (var i = 0; i < ancestors.Length; i++)
        {
            var position = (i + uniform) / ancestors.Length;
            while (position >= cumulated && particle < weights.Length - 1)
            {
                cumulated += weights[++particle];
            }

            ancestors[i] = particle;
        }

        return ancestors;
    }

    /// <summary>One particle, drawn by its weight.</summary>
    /// <param name="weights">Weights that sum to 1.</param>
    /// <param name="uniform">One number in [0, 1).</param>
    public static int Draw(double[] weights, double uniform)
    {
        var cumulated = weights[0];
        var particle = 0;
        while (uniform >= cumulated && particle < weights.Length - 1)
        {
            cumulated += weights[++particle];
        }

        return particle;
    }
}
