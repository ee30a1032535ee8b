using System.ComponentModel.DataAnnotations;
using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>
/// EDM's loss (Table 1, last column): ln σ normal, weight (σ² + σ_data²)/(σ σ_data)², which makes the network's own target have
/// unit weight at every level. It takes normal numbers.
/// </summary>
[Recipe("edm", Source = "Karras et al. 2022, Table 1")]
public sealed record EdmLoss : DenoisingLoss
{
    /// <summary>Mean of ln σ.</summary>
    public double P_mean { get; init; } = -1.2;

    /// <summary>Standard deviation of ln σ.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double P_std { get; init; } = 1.2;

    /// <summary>Standard deviation of the data; that of the preconditioning where there is one.</summary>
    [RecipeOption(Ignore = true)]
    public double SigmaData { get; init; } = 0.5;

    /// <inheritdoc/>
    public override TrainingLoss For(Preconditioning preconditioning) =>
        preconditioning is EdmPreconditioning edm ? this with { SigmaData = edm.SigmaData } : this;

    /// <inheritdoc/>
    public override double Sigma(double unit) => Math.Exp(P_mean + (P_std * unit));

    /// <inheritdoc/>
    public override double Weight(double sigma) =>
        ((sigma * sigma) + (SigmaData * SigmaData)) / (sigma * SigmaData * sigma * SigmaData);

    /// <inheritdoc/>
    protected override Tensor DrawUnit(long[] size, Generator generator) => torch.randn(size, generator, ScalarType.Float64);
}
