using DiffuSharp.Sampling;

namespace DiffuSharp.Likelihood;

/// <summary>
/// Which of the steps 2 … T are looked at when not all are: step t with a probability in proportion to the L_{t−1} that pixels of standard
/// deviation 0.5 would have under their own denoiser. So the quotient of a real term and its probability varies little, and an estimate from few
/// steps has a small error; it is unbiased whatever the data are.
/// </summary>
internal sealed class TimestepProposal
{
    private const double DataVariance = 0.25;
    private readonly double[] _cumulative;  // Σ of the weights of steps 2 … k + 2 at [k]

    public TimestepProposal(ReverseProcess process)
    {
        var schedule = process.Schedule;
        _cumulative = new double[schedule.T - 1];
        double sum = 0;
        for (var t = 2; t <= schedule.T; t++)
        {
            // KL of two normal distributions, with the error of x̂_0 in the means
            var (noise, weight) = (schedule.Sigma(t) * schedule.Sigma(t), schedule.PosteriorMean(t).X0);
            var error = DataVariance * noise / (DataVariance + noise);
            var variance = Math.Exp(process.FixedLogVariance(t));
            var ratio = schedule.PosteriorVariance(t) / variance;
            sum += 0.5 * (ratio - 1 - Math.Log(ratio) + (weight * weight * error / variance));
            _cumulative[t - 2] = sum;
        }
    }

    /// <summary>The step at a place of the distribution.</summary>
    /// <param name="place">In [0, 1): a uniform number there makes a draw.</param>
    /// <returns>t, and the inverse of its probability.</returns>
    public (int T, double InverseProbability) At(double place)
    {
        var found = Array.BinarySearch(_cumulative, place * _cumulative[^1]);
        var k = Math.Min(found >= 0 ? found + 1 : ~found, _cumulative.Length - 1);
        return (k + 2, _cumulative[^1] / (_cumulative[k] - (k > 0 ? _cumulative[k - 1] : 0)));
    }
}
