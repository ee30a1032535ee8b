using System.Text.Json.Serialization;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>
/// A rectified-flow network: it sees x_τ = (1 − τ) x_0 + τ ε and predicts the velocity ε − x_0 (Liu et al. 2022; Lipman et al. 2022). In
/// EDM's coordinates σ = τ/(1 − τ) and x_τ = x/(1 + σ), so D = (x − σ F)/(1 + σ).
/// </summary>
/// <param name="TimeScale">The network is told of TimeScale · τ.</param>
public sealed record FlowPreconditioning(double TimeScale = 1000) : Preconditioning
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMin => 0;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMax => double.PositiveInfinity;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(TimeScale > 0 && double.IsFinite(TimeScale)))
        {
            throw new InvalidInputException($"time_scale {TimeScale:R} must be positive and finite");
        }
    }

    /// <inheritdoc/>
    public override Coefficients At(Tensor sigma)
    {
        var scale = (sigma + 1).reciprocal();  // 1 − τ
        var tau = sigma * scale;
        return new(Skip: scale, Out: -tau, In: scale, Noise: tau * TimeScale);
    }
}
