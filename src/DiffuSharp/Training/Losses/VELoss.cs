using System.ComponentModel.DataAnnotations;
using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>
/// The loss of the variance-exploding model (EDM, Table 1, second column): ln σ uniform between the bounds, weight 1/σ². It takes
/// uniform numbers.
/// </summary>
[Recipe("ve", Source = "Karras et al. 2022, Table 1")]
public sealed record VELoss : DenoisingLoss
{
    /// <summary>Smallest noise level.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double SigmaMin { get; init; } = 0.02;

    /// <summary>Largest noise level.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double SigmaMax { get; init; } = 100;

    /// <inheritdoc/>
    public override bool Suits(Preconditioning preconditioning) => preconditioning is VEPreconditioning or EdmPreconditioning;

    /// <inheritdoc/>
    public override double Sigma(double unit) => SigmaMin * Math.Pow(SigmaMax / SigmaMin, unit);

    /// <inheritdoc/>
    public override double Weight(double sigma) => 1 / (sigma * sigma);

    /// <inheritdoc/>
    protected override Tensor DrawUnit(long[] size, Generator generator) => torch.rand(size, generator, ScalarType.Float64);

    /// <inheritdoc/>
    protected override void Check()
    {
        if (SigmaMax <= SigmaMin)
        {
            throw Invalid($"sigma_min is {SigmaMin:R} and sigma_max is {SigmaMax:R}; sigma_max must be the larger");
        }
    }
}
