using System.Text.Json.Serialization;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>A network that is a denoiser already, D(x; σ) = F(x; σ), made for noise levels from Min to Max.</summary>
/// <param name="Min">Smallest noise level.</param>
/// <param name="Max">Largest noise level.</param>
public sealed record DirectPreconditioning(double Min = 0.002, double Max = 80) : Preconditioning
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMin => Min;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMax => Max;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Min >= 0 && Min < Max))
        {
            throw new InvalidInputException($"min {Min:R} and max {Max:R}: min must not be negative and must lie below max");
        }
    }

    /// <inheritdoc/>
    public override Coefficients At(Tensor sigma)
    {
        var zero = sigma * 0.0;
        return new(Skip: zero, Out: zero + 1, In: null, Noise: sigma);
    }
}
