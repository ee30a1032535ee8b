namespace DiffuSharp.Tuning;

/// <summary>The place of one number in a <see cref="Sampling.SamplerTableau"/>.</summary>
/// <param name="Kind">What it multiplies.</param>
/// <param name="Row">i.</param>
/// <param name="Column">j of a_ij and c_ij; 0 otherwise.</param>
public readonly record struct TableauCoefficient(CoefficientKind Kind, int Row, int Column = 0);
