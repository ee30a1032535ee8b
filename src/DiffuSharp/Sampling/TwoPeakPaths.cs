using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling;

/// <summary>
/// Solutions of the probability-flow ODE in one dimension where the data are 1 and −1, D(x; σ) = tanh(x/σ²) (Karras et al. 2022, Figure 3):
/// they show how schedule and scaling bend the paths that a solver has to follow.
/// </summary>
public static class TwoPeakPaths
{
    private const int Substeps = 16;

    /// <summary>Paths from the highest noise level to the lowest.</summary>
    /// <param name="schedule">σ(t).</param>
    /// <param name="scaling">s(t).</param>
    /// <param name="range">Noise levels.</param>
    /// <param name="paths">Number of paths, at least 1; they begin at equal distances from −2σ_max to 2σ_max (one: at 2σ_max).</param>
    /// <param name="points">Points of each path, at least 2, at equal distances in ln σ.</param>
    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public static IReadOnlyList<PathPoint> Trace(NoiseSchedule schedule, Scaling scaling, SigmaRange range, int paths, int points)
    {
        if (paths < 1 || points < 2)
        {
            throw new InvalidInputException($"{paths} paths of {points} points: at least 1 of at least 2 is needed");
        }

        var result = new List<PathPoint>();
        for (var path = 0; path < paths; path++)
        {
            var x = range.Max * (paths == 1 ? 2 : (4.0 * path / (paths - 1)) - 2);
            for (var i = 0; i < points; i++)
            {
                var sigma = Level(range, i, points);
                var t = schedule.Time(sigma);
                result.Add(new PathPoint(path, t, sigma, x * scaling.S(t)));
                x = i + 1 < points ? Follow(x, sigma, Level(range, i + 1, points)) : x;
            }
        }

        return result;
    }

    private static double Level(SigmaRange range, int i, int points) => range.Max * Math.Pow(range.Min / range.Max, i / (points - 1.0));

    // Heun's method on dx/dσ = (x − D)/σ, in geometric steps
    private static double Follow(double x, double from, double to)
    {
        var ratio = Math.Pow(to / from, 1.0 / Substeps);
        for (var i = 0; i < Substeps; i++)
        {
            var next = from * ratio;
            var slope = Slope(x, from);
            x += (next - from) * 0.5 * (slope + Slope(x + ((next - from) * slope), next));
            from = next;
        }

        return x;

        static double Slope(double x, double sigma) => (x - Math.Tanh(x / (sigma * sigma))) / sigma;
    }
}
