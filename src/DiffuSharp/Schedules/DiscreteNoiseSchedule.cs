namespace DiffuSharp.Schedules;

/// <summary>
/// The discrete process of DDPM (Ho et al. 2020, section 2): x_t = √ᾱ_t x_0 + √(1 − ᾱ_t) ε for t = 1 … T, with ᾱ_t = Π_{s ≤ t} (1 − β_s)
/// and ᾱ_0 = 1. In EDM's coordinates x_t/√ᾱ_t = x_0 + σ_t ε with σ_t = √((1 − ᾱ_t)/ᾱ_t). Between integers, ln ᾱ is linear in t.
/// An immutable value (equal when all β are equal). Published code counts timesteps from 0: its timestep is t − 1.
/// </summary>
public sealed record DiscreteNoiseSchedule : NoiseSchedule
{
    /// <summary>T of the paper.</summary>
    public const int UsualSteps = 1000;

    /// <summary>The most steps that a schedule may have.</summary>
    public const int MostSteps = 1 << 16;

    private readonly double[] _betas;       // β_t at [t − 1]
    private readonly double[] _alphaBars;   // ᾱ_t at [t]
    private readonly double[] _logarithms;  // ln ᾱ_t at [t]

    /// <summary>The process of listed variances.</summary>
    /// <param name="betas">β_1 … β_T, each in (0, 1).</param>
    /// <exception cref="InvalidInputException">The list is empty, a β is out of range, or ᾱ falls to 0.</exception>
    public DiscreteNoiseSchedule(IEnumerable<double> betas)
    {
        _betas = [.. betas];
        _alphaBars = new double[_betas.Length + 1];
        _alphaBars[0] = 1;
        for (var t = 1; t <= T; t++)
        {
            if (!(Beta(t) is > 0 and < 1))
            {
                throw new InvalidInputException($"beta_{t} is {Beta(t):R}; every beta of a discrete schedule must lie between 0 and 1.");
            }

            _alphaBars[t] = _alphaBars[t - 1] * (1 - Beta(t));
        }

        if (T == 0 || !double.IsNormal(_alphaBars[T]))
        {
            throw new InvalidInputException($"A discrete schedule needs at least one beta, and betas that leave some signal at the last of {T} steps.");
        }

        _logarithms = Array.ConvertAll(_alphaBars, Math.Log);
    }

    /// <summary>T, the number of steps.</summary>
    public int T => _betas.Length;

    /// <summary>σ_1 … σ_T, rising.</summary>
    public IReadOnlyList<double> Sigmas => [.. Enumerable.Range(1, T).Select(t => Sigma(t))];

    /// <summary>
    /// The process of a kind, with its usual β_1 and β_T and as many steps as that of a model; without a kind the model's own, else the linear one.
    /// </summary>
    /// <param name="betas">How β rises; null for the model's own.</param>
    /// <param name="model">The process of the model; null if it has none.</param>
    /// <param name="steps">T; null for that of the model, else the usual one.</param>
    public static DiscreteNoiseSchedule For(BetaSchedule? betas, DiscreteNoiseSchedule? model, int? steps = null)
    {
        if (betas is null && steps is null && model is not null)
        {
            return model;
        }

        var count = steps ?? model?.T ?? UsualSteps;
        return betas switch
        {
            BetaSchedule.ScaledLinear => ScaledLinear(count),
            BetaSchedule.Cosine => Cosine(count),
            _ => Linear(count),
        };
    }

    /// <summary>β_t rises linearly (Ho et al. 2020, section 4).</summary>
    /// <param name="steps">T, at least 2.</param>
    /// <param name="betaStart">β_1.</param>
    /// <param name="betaEnd">β_T.</param>
    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public static DiscreteNoiseSchedule Linear(int steps = UsualSteps, double betaStart = 1e-4, double betaEnd = 0.02) =>
        new(Line(steps, betaStart, betaEnd));

    /// <summary>√β_t rises linearly (the schedule of latent diffusion models, "scaled_linear").</summary>
    /// <param name="steps">T, at least 2.</param>
    /// <param name="betaStart">β_1.</param>
    /// <param name="betaEnd">β_T.</param>
    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public static DiscreteNoiseSchedule ScaledLinear(int steps = UsualSteps, double betaStart = 0.00085, double betaEnd = 0.012) =>
        new(Line(steps, Math.Sqrt(betaStart), Math.Sqrt(betaEnd)).Select(root => root * root));

    /// <summary>
    /// ᾱ_t = f(t)/f(0) with f(t) = cos²(π/2 (t/T + s)/(1 + s)), β_t at most <paramref name="betaMax"/> (Nichol and Dhariwal 2021, eq. 17).
    /// </summary>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="offset">s.</param>
    /// <param name="betaMax">Largest β_t.</param>
    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public static DiscreteNoiseSchedule Cosine(int steps = UsualSteps, double offset = 0.008, double betaMax = 0.999)
    {
        if (steps is < 1 or > MostSteps)
        {
            throw new InvalidInputException($"T is {steps}; a discrete schedule needs at least 1 step and may have {MostSteps}.");
        }

        return new(Enumerable.Range(0, steps).Select(i => Math.Min(1 - (F(i + 1) / F(i)), betaMax)));

        double F(int t)
        {
            var cosine = Math.Cos(((t / (double)steps) + offset) / (1 + offset) * Math.PI / 2);
            return cosine * cosine;
        }
    }

    /// <summary>β_t for t in [1, T].</summary>
    /// <param name="t">Step.</param>
    public double Beta(int t) => _betas[t - 1];

    /// <summary>ᾱ_t for t in [0, T].</summary>
    /// <param name="t">Step.</param>
    public double AlphaBar(int t) => _alphaBars[t];

    /// <summary>β̃_t = β_t (1 − ᾱ_{t−1})/(1 − ᾱ_t), the variance of q(x_{t−1} | x_t, x_0) (eq. 7); 0 at t = 1.</summary>
    /// <param name="t">Step in [1, T].</param>
    public double PosteriorVariance(int t) => Beta(t) * (1 - AlphaBar(t - 1)) / (1 - AlphaBar(t));

    /// <summary>The mean of q(x_{t−1} | x_t, x_0), μ̃_t = X0 · x_0 + Xt · x_t (eq. 7).</summary>
    /// <param name="t">Step in [1, T].</param>
    /// <returns>The two coefficients; 1 and 0 at t = 1.</returns>
    public (double X0, double Xt) PosteriorMean(int t)
    {
        var noise = 1 - AlphaBar(t);
        return (Math.Sqrt(AlphaBar(t - 1)) * Beta(t) / noise, Math.Sqrt(1 - Beta(t)) * (1 - AlphaBar(t - 1)) / noise);
    }

    /// <summary>ln ᾱ at any time, linear between integers.</summary>
    /// <param name="t">Time in [0, T].</param>
    public double LogAlphaBar(double t)
    {
        var k = Segment(t);
        return _logarithms[k] + ((t - k) * (_logarithms[k + 1] - _logarithms[k]));
    }

    /// <inheritdoc/>
    public override double Sigma(double t)
    {
        // √(1/ᾱ − 1) = √(2 e^h sinh h) with h = −½ ln ᾱ keeps all digits at small t.
        var half = -0.5 * LogAlphaBar(t);
        return Math.Sqrt(2 * Math.Exp(half) * Math.Sinh(half));
    }

    /// <inheritdoc/>
    /// <remarks>At an integer, the derivative to its right (at T, to its left).</remarks>
    public override double SigmaDerivative(double t)
    {
        var k = Segment(t);
        var sigma = Sigma(t);
        return 0.5 * (_logarithms[k] - _logarithms[k + 1]) * (sigma + (1 / sigma));
    }

    /// <summary>The time in [0, T] at which the noise level is σ; T for all levels above σ_T.</summary>
    /// <param name="sigma">Noise level, at least 0.</param>
    public override double Time(double sigma)
    {
        var logarithm = -LogOnePlusSquare.Of(sigma);
        if (logarithm <= _logarithms[T])
        {
            return T;
        }

        // The last k with ln ᾱ_k ≥ ln ᾱ; the list falls.
        var low = 0;
        var high = T;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = _logarithms[middle] >= logarithm ? (middle, high) : (low, middle);
        }

        return low + ((_logarithms[low] - logarithm) / (_logarithms[low] - _logarithms[high]));
    }

    /// <summary>The step t in [1, T] whose σ_t is nearest to σ in ratio.</summary>
    /// <param name="sigma">Noise level, greater than 0.</param>
    public int NearestStep(double sigma)
    {
        var below = Math.Clamp((int)Time(sigma), 1, T);
        var above = Math.Min(below + 1, T);
        return sigma * sigma <= Sigma(below) * Sigma(above) ? below : above;
    }

    /// <inheritdoc/>
    public bool Equals(DiscreteNoiseSchedule? other) => other is not null && _betas.AsSpan().SequenceEqual(other._betas);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(T, _betas[0], _betas[^1]);

    private static IEnumerable<double> Line(int steps, double start, double end)
    {
        if (steps is < 2 or > MostSteps)
        {
            throw new InvalidInputException($"T is {steps}; a schedule from beta_start to beta_end needs at least 2 steps and may have {MostSteps}.");
        }

        var stride = (end - start) / (steps - 1);
        return Enumerable.Range(0, steps).Select(i => i == steps - 1 ? end : start + (i * stride));
    }

    // k in [0, T − 1] with t in [k, k + 1].
    private int Segment(double t) => t >= 0 && t <= T
        ? Math.Min((int)t, T - 1)
        : throw new ArgumentOutOfRangeException(nameof(t), t, $"the time of a discrete schedule of {T} steps lies in [0, {T}]");
}
