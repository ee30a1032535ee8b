using DiffuSharp.Recipes;

namespace DiffuSharp.Tuning.Losses;

/// <summary>Kernel distance from the data.</summary>
[Recipe("kid", Source = "Watson et al. 2022, with the estimator of Bińkowski et al. 2018")]
public sealed record KernelTuning : DistanceLoss
{
    /// <summary>Linear compares the means of the features only, cubic is that of KID.</summary>
    public KernelKind Kernel { get; init; } = KernelKind.Cubic;

    /// <inheritdoc/>
    public override ISampleLoss Open(TuningContext context) =>
        context.Owns(new KernelLoss(context.FeaturesFor(this), context.ReferenceFor(this), Kernel));
}
