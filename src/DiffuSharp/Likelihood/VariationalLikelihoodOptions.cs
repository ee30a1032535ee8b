using DiffuSharp.Denoising;
using DiffuSharp.Schedules;

namespace DiffuSharp.Likelihood;

/// <summary>How <see cref="VariationalLikelihood"/> measures.</summary>
public sealed record VariationalLikelihoodOptions
{
    /// <summary>The discrete process whose bound it is.</summary>
    public DiscreteNoiseSchedule Schedule { get; init; } = DiscreteNoiseSchedule.Linear();

    /// <summary>Variance of p(x_{t−1} | x_t).</summary>
    public ReverseVariance Variance { get; init; } = ReverseVariance.FixedSmall;

    /// <summary>Limit x̂_0 to [−1, 1].</summary>
    public bool Clip { get; init; } = true;

    /// <summary>Distribution function of the decoder.</summary>
    public NormalCdf Cdf { get; init; } = NormalCdf.Erf;

    /// <summary>
    /// Steps drawn for each image (<see cref="VariationalBound.Estimate"/>), at least 1; null for all T steps of each image, which also gives the
    /// rate-distortion curve.
    /// </summary>
    public int? Draws { get; init; } = 64;

    /// <summary>Image i draws noise from a generator of its own with seed (seed + i) modulo 2³², its steps from one with the complement.</summary>
    public long Seed { get; init; }

    /// <summary>Images that are evaluated together, at least 1.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Network evaluations for each image.</summary>
    public int Nfe => Draws is { } draws ? draws + 1 : Schedule.T;

    /// <summary>Checks the options against the model.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate(IDenoiser denoiser)
    {
        if (Draws < 1)
        {
            throw new InvalidInputException($"timesteps {Draws}: at least 1 is needed");
        }

        if (Batch < 1)
        {
            throw new InvalidInputException($"batch {Batch}: at least 1 image is needed");
        }

        // The ends of a model's own process are the model's but for rounding.
        var (low, high) = (Schedule.Sigma(1), Schedule.Sigma(Schedule.T));
        if (Schedule != denoiser.Process && (low < denoiser.SigmaMin || high > denoiser.SigmaMax))
        {
            throw new InvalidInputException(
                $"the process has noise levels from {low:0.####} to {high:0.####}, the model knows {denoiser.SigmaMin:0.####} to "
                + $"{denoiser.SigmaMax:0.####}: choose another beta schedule or number of steps");
        }
    }
}
