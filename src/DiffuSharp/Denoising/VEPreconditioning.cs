using System.Text.Json.Serialization;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>The variance-exploding model of Song et al. (EDM, Table 1, second column).</summary>
public sealed record VEPreconditioning : Preconditioning
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMin => 0.02;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double SigmaMax => 100;

    /// <inheritdoc/>
    public override Coefficients At(Tensor sigma) => new(Skip: null, Out: sigma, In: null, Noise: (0.5 * sigma).log());
}
