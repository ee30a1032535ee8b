using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>
/// EDM's loss (Table 1, last column): ln σ normal, weight (σ² + σ_data²)/(σ σ_data)², which makes the network's own target have
/// unit weight at every level. It takes normal numbers.
/// </summary>
/// <param name="P_mean">Mean of ln σ.</param>
/// <param name="P_std">Standard deviation of ln σ.</param>
/// <param name="SigmaData">Standard deviation of the data.</param>
public sealed record EdmLoss(double P_mean = -1.2, double P_std = 1.2, double SigmaData = 0.5) : DenoisingLoss
{
    /// <inheritdoc/>
    public override double Sigma(double unit) => Math.Exp(P_mean + (P_std * unit));

    /// <inheritdoc/>
    public override double Weight(double sigma) =>
        ((sigma * sigma) + (SigmaData * SigmaData)) / (sigma * SigmaData * sigma * SigmaData);

    /// <inheritdoc/>
    protected override Tensor DrawUnit(long[] size, Generator generator) => torch.randn(size, generator, ScalarType.Float64);
}
