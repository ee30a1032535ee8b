namespace DiffuSharp.Training;

/// <summary>The held-out loss of a model.</summary>
/// <param name="Weighted">EDM's loss of a pixel: the errors times λ(σ), averaged over the log-normal noise levels of training
/// (P_mean −1.2, P_std 1.2, σ_data 0.5).</param>
/// <param name="Mse">Mean squared error of a pixel at each of <see cref="HeldoutLoss.Sigmas"/>.</param>
public sealed record HeldoutResult(double Weighted, IReadOnlyList<double> Mse);
