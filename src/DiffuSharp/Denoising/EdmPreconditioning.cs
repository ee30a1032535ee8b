using System.Text.Json.Serialization;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>EDM's own preconditioning (Table 1, last column): unit variance for every input and training target.</summary>
/// <param name="SigmaData">Standard deviation of the data; 0.5 for images in [−1, 1].</param>
public sealed record EdmPreconditioning(double SigmaData = 0.5) : Preconditioning
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
        if (!(SigmaData > 0 && double.IsFinite(SigmaData)))
        {
            throw new InvalidInputException($"sigma_data {SigmaData} must be positive and finite");
        }
    }

    /// <inheritdoc/>
    public override Coefficients At(Tensor sigma)
    {
        var data = SigmaData * SigmaData;
        var norm = sigma.square() + data;
        return new(Skip: norm.reciprocal() * data, Out: sigma * SigmaData / norm.sqrt(), In: norm.rsqrt(), Noise: sigma.log() / 4.0);
    }
}
