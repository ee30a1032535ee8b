namespace DiffuSharp.Sampling;

/// <summary>One coefficient of a row over an earlier row's state x_j or denoised image D_j.</summary>
/// <param name="Row">j, the earlier row.</param>
/// <param name="Coefficient">a_ij or c_ij, finite.</param>
public readonly record struct Term(int Row, double Coefficient);
