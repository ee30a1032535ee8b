using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>
/// The loss of the variance-preserving model (EDM, Table 1, first column): σ = σ(t) with t uniform in (ε_t, 1], weight 1/σ². It
/// takes uniform numbers.
/// </summary>
/// <param name="BetaD">β_d.</param>
/// <param name="BetaMin">β_min.</param>
/// <param name="EpsilonT">ε_t, the earliest time.</param>
public sealed record VPLoss(double BetaD = 19.9, double BetaMin = 0.1, double EpsilonT = 1e-5) : DenoisingLoss
{
    /// <inheritdoc/>
    public override double Sigma(double unit) => new VPNoiseSchedule(BetaD, BetaMin).Sigma(1 + (unit * (EpsilonT - 1)));

    /// <inheritdoc/>
    public override double Weight(double sigma) => 1 / (sigma * sigma);

    /// <inheritdoc/>
    protected override Tensor DrawUnit(long[] size, Generator generator) => torch.rand(size, generator, ScalarType.Float64);
}
