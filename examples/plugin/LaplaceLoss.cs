using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;
using DiffuSharp.Training.Losses;

namespace MyPlugin;

/// <summary>EDM's weight with ln σ from a Laplace distribution, which has heavier tails than the normal one.</summary>
[Recipe("laplace", Source = "Hang et al. 2024")]
public sealed record LaplaceLoss : DenoisingLoss
{
    private const double SigmaData = 0.5;

    /// <summary>Median of ln σ.</summary>
    public double Location { get; init; } = -1.2;

    /// <summary>Mean distance of ln σ from the median.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Scale { get; init; } = 0.9;

    /// <inheritdoc/>
    public override double Sigma(double unit) => Math.Exp(Location - Scale * Math.Sign(unit - 0.5) * Math.Log(1 - 2 * Math.Min(Math.Abs(unit - 0.5), 0.4999999)));

    /// <inheritdoc/>
    public override double Weight(double sigma) => (sigma * sigma + SigmaData * SigmaData) / Math.Pow(sigma * SigmaData, 2);

    /// <inheritdoc/>
    protected override Tensor DrawUnit(long[] size, Generator generator) => torch.rand(size, generator, ScalarType.Float64);
}
