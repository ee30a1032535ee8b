using System.ComponentModel.DataAnnotations;
using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>
/// The loss of the variance-preserving model (EDM, Table 1, first column): σ = σ(t) with t uniform in (ε_t, 1], weight 1/σ². It
/// takes uniform numbers.
/// </summary>
[Recipe("vp", Source = "Karras et al. 2022, Table 1")]
public sealed record VPLoss : DenoisingLoss
{
    /// <summary>β_d.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double BetaD { get; init; } = 19.9;

    /// <summary>β_min.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double BetaMin { get; init; } = 0.1;

    /// <summary>ε_t, the earliest time.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double EpsilonT { get; init; } = 1e-5;

    /// <inheritdoc/>
    public override bool Suits(Preconditioning preconditioning) => preconditioning is VPPreconditioning or EdmPreconditioning;

    /// <inheritdoc/>
    public override double Sigma(double unit) => new VPNoiseSchedule(BetaD, BetaMin).Sigma(1 + (unit * (EpsilonT - 1)));

    /// <inheritdoc/>
    public override double Weight(double sigma) => 1 / (sigma * sigma);

    /// <inheritdoc/>
    protected override Tensor DrawUnit(long[] size, Generator generator) => torch.rand(size, generator, ScalarType.Float64);
}
