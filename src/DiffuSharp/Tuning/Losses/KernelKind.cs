namespace DiffuSharp.Tuning.Losses;

/// <summary>Kernels of <see cref="KernelLoss"/>.</summary>
public enum KernelKind
{
    /// <summary>φ·φ': compares the means of the features only.</summary>
    Linear,

    /// <summary>(φ·φ'/d + 1)³, that of KID (Bińkowski et al. 2018).</summary>
    Cubic,
}
