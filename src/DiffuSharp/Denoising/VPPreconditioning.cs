using System.Text.Json.Serialization;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>The variance-preserving model of Song et al. (EDM, Table 1, first column).</summary>
public sealed record VPPreconditioning : Preconditioning
{
    private const int M = 1000;
    private const double EpsilonT = 1e-5;

    private static readonly VPNoiseSchedule s_schedule = new();

    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMin => s_schedule.Sigma(EpsilonT);

    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMax => s_schedule.Sigma(1);

    /// <inheritdoc/>
    public override Coefficients At(Tensor sigma)
    {
        var (betaD, betaMin) = s_schedule;
        var square = sigma.square() + 1;
        var t = ((square.log() * (2 * betaD) + (betaMin * betaMin)).sqrt() - betaMin) / betaD;  // σ⁻¹(σ)
        return new(Skip: null, Out: -sigma, In: square.rsqrt(), Noise: t * (M - 1));
    }
}
