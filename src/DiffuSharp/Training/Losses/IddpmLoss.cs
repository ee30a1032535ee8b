using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>
/// The loss of the iDDPM column of EDM's Table 1: σ = u_j with j uniform in {0 … M − 1}, weight 1/σ². It takes uniform numbers and leaves
/// the predicted variances alone; <see cref="DiscreteLoss"/> trains them.
/// </summary>
[Recipe("iddpm", Source = "Karras et al. 2022, Table 1")]
public sealed record IddpmLoss : DenoisingLoss
{
    /// <inheritdoc/>
    public override bool Suits(Preconditioning preconditioning) => preconditioning is IddpmPreconditioning;

    /// <inheritdoc/>
    public override double Sigma(double unit) => IddpmPreconditioning.Levels[(int)(unit * (IddpmPreconditioning.Levels.Count - 1))];

    /// <inheritdoc/>
    public override double Weight(double sigma) => 1 / (sigma * sigma);

    /// <inheritdoc/>
    protected override Tensor DrawUnit(long[] size, Generator generator) => torch.rand(size, generator, ScalarType.Float64);
}
