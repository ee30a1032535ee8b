using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>
/// A network of the discrete process of DDPM (Ho et al. 2020) in EDM's coordinates. The network sees x_t = x/√(1 + σ²) and the
/// timestep t − 1, counted from 0 as in published code; D follows exactly from what it predicts.
/// </summary>
/// <param name="Betas">How β_t depends on t.</param>
/// <param name="Steps">T.</param>
/// <param name="BetaStart">β_1; not used by the cosine schedule.</param>
/// <param name="BetaEnd">β_T; not used by the cosine schedule.</param>
/// <param name="Prediction">What the network predicts.</param>
/// <param name="Variance">Variance of the reverse process; with <see cref="ReverseVariance.Learned"/> the network has 2C outputs.</param>
/// <param name="Continuous">Give the network real-valued timesteps (ln ᾱ linear between integers) instead of the nearest integer.</param>
public sealed record DiscretePreconditioning(
    BetaSchedule Betas = BetaSchedule.Linear,
    int Steps = DiscreteNoiseSchedule.UsualSteps,
    double BetaStart = 1e-4,
    double BetaEnd = 0.02,
    DiscretePrediction Prediction = DiscretePrediction.Epsilon,
    ReverseVariance Variance = ReverseVariance.FixedLarge,
    bool Continuous = false) : Preconditioning
{
    private static readonly ConcurrentDictionary<(BetaSchedule Betas, int Steps, double Start, double End), DiscreteNoiseSchedule> s_schedules = new();

    /// <summary>The process.</summary>
    /// <exception cref="InvalidInputException">T or a β is out of range.</exception>
    [JsonIgnore]
    public DiscreteNoiseSchedule Schedule => s_schedules.GetOrAdd((Betas, Steps, BetaStart, BetaEnd), key => key.Betas switch
    {
        BetaSchedule.Linear => DiscreteNoiseSchedule.Linear(key.Steps, key.Start, key.End),
        BetaSchedule.ScaledLinear => DiscreteNoiseSchedule.ScaledLinear(key.Steps, key.Start, key.End),
        _ => DiscreteNoiseSchedule.Cosine(key.Steps),
    });

    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMin => Schedule.Sigma(1);

    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMax => Schedule.Sigma(Steps);

    /// <inheritdoc/>
    [JsonIgnore]
    public override DiscreteNoiseSchedule? Process => Schedule;

    /// <inheritdoc/>
    [JsonIgnore]
    public override int OutputFactor => Variance == ReverseVariance.Learned ? 2 : 1;

    /// <inheritdoc/>
    public override double RoundSigma(double sigma) => Continuous ? sigma : Schedule.Sigma(Schedule.NearestStep(sigma));

    /// <inheritdoc/>
    public override Coefficients At(Tensor sigma)
    {
        var steps = NearestSteps(sigma);
        var noise = (Continuous ? RealTimes.Of(Schedule, sigma) : (steps + 1).to(sigma.dtype)).reshape(sigma.shape) - 1;
        var square = sigma.square() + 1;
        var root = square.rsqrt();  // √ᾱ
        return Prediction switch
        {
            DiscretePrediction.Epsilon => new(Skip: null, Out: -sigma, In: root, Noise: noise),
            DiscretePrediction.X0 => new(Skip: torch.zeros_like(sigma), Out: torch.zeros_like(sigma) + 1, In: root, Noise: noise),
            DiscretePrediction.V => new(Skip: square.reciprocal(), Out: -(sigma * root), In: root, Noise: noise),
            _ => Mean(),
        };

        // x_0 = (μ̃ − Xt x_t)/X0
        Coefficients Mean()
        {
            var scale = PerStep(mean => 1 / mean.X0);
            return new(Skip: -(PerStep(mean => mean.Xt) * scale * root), Out: scale, In: root, Noise: noise);
        }

        Tensor PerStep(Func<(double X0, double Xt), double> value) =>
            Table(Enumerable.Range(1, Steps).Select(t => value(Schedule.PosteriorMean(t))), sigma).index_select(0, steps).reshape(sigma.shape);
    }

    /// <summary>c_out at a step: by how much D differs when the network's output differs by 1.</summary>
    /// <param name="t">Step in [1, T].</param>
    public double OutputScale(int t)
    {
        var sigma = Schedule.Sigma(t);
        return Prediction switch
        {
            DiscretePrediction.Epsilon => -sigma,
            DiscretePrediction.X0 => 1,
            DiscretePrediction.V => -sigma / Math.Sqrt(1 + (sigma * sigma)),
            _ => 1 / Schedule.PosteriorMean(t).X0,
        };
    }

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public override void Validate()
    {
        if (Continuous && Prediction == DiscretePrediction.Mu)
        {
            throw new InvalidInputException("a network that predicts mu knows the integer timesteps only: leave continuous out");
        }

        _ = Schedule;
    }

    private static Tensor Table(IEnumerable<double> values, Tensor like) => torch.tensor<double>([.. values]).to(like.device, like.dtype);

    // t − 1 of the nearest σ_t in ratio, int64 [n].
    private Tensor NearestSteps(Tensor sigma)
    {
        var levels = Table(Schedule.Sigmas.Select(level => Math.Log(level)), sigma);
        return (levels - sigma.reshape(-1, 1).log()).abs().argmin(1);
    }
}
