using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>
/// The loss of the variance-exploding model (EDM, Table 1, second column): ln σ uniform between the bounds, weight 1/σ². It takes
/// uniform numbers.
/// </summary>
/// <param name="SigmaMin">Smallest noise level.</param>
/// <param name="SigmaMax">Largest noise level.</param>
public sealed record VELoss(double SigmaMin = 0.02, double SigmaMax = 100) : DenoisingLoss
{
    /// <inheritdoc/>
    public override double Sigma(double unit) => SigmaMin * Math.Pow(SigmaMax / SigmaMin, unit);

    /// <inheritdoc/>
    public override double Weight(double sigma) => 1 / (sigma * sigma);

    /// <inheritdoc/>
    protected override Tensor DrawUnit(long[] size, Generator generator) => torch.rand(size, generator, ScalarType.Float64);
}
