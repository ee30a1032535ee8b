using System.Text.Json.Serialization;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>
/// The discrete model of Nichol and Dhariwal (EDM, Table 1, third column): 1000 noise levels u_j; the network also predicts
/// variances, which <see cref="IVarianceDenoiser"/> gives out.
/// </summary>
public sealed record IddpmPreconditioning : Preconditioning
{
    private static readonly IddpmLevels s_levels = new();

    // 1 − β_t = ᾱ_t/ᾱ_{t−1} with ᾱ = 1/(1 + u²); t = M − j.
    private static readonly DiscreteNoiseSchedule s_process = new(Enumerable.Range(1, s_levels.M).Select(t =>
        1 - ((1 + Square(s_levels[s_levels.M - t + 1])) / (1 + Square(s_levels[s_levels.M - t])))));

    /// <summary>u_0 … u_M, descending to 0.</summary>
    public static IReadOnlyList<double> Levels { get; } = [.. Enumerable.Range(0, s_levels.M + 1).Select(j => s_levels[j])];

    /// <summary>Give the network real-valued timesteps (ln ᾱ linear between integers) instead of the nearest integer; no property of a model's file.</summary>
    [JsonIgnore]
    public bool Continuous { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMin => s_levels[s_levels.M - 1];

    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMax => s_levels[0];

    /// <inheritdoc/>
    [JsonIgnore]
    public override DiscreteNoiseSchedule? Process => s_process;

    /// <inheritdoc/>
    [JsonIgnore]
    public override int OutputFactor => 2;

    /// <inheritdoc/>
    public override double RoundSigma(double sigma) => Continuous ? sigma : s_levels.Round(sigma);

    /// <inheritdoc/>
    public override Coefficients At(Tensor sigma)
    {
        var noise = Continuous ? RealTimes.Of(s_process, sigma).reshape(sigma.shape) - 1 : NearestTimes(sigma);
        return new(Skip: null, Out: -sigma, In: (sigma.square() + 1).rsqrt(), Noise: noise);
    }

    private static Tensor NearestTimes(Tensor sigma)
    {
        using var u = torch.tensor<double>([.. Levels], dtype: ScalarType.Float64, device: sigma.device);
        var nearest = (u.to(sigma.dtype) - sigma.reshape(-1, 1)).abs().argmin(1).reshape(sigma.shape);
        return (s_levels.M - 1 - nearest).to(sigma.dtype);
    }

    private static double Square(double value) => value * value;
}
