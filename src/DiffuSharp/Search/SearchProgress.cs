namespace DiffuSharp.Search;

/// <summary>How far a search is; told after every unit of work.</summary>
/// <param name="Fraction">Part of the budget that is spent, 0 to 1.</param>
/// <param name="MeanBest">Mean of the best scores of the images that have one.</param>
/// <param name="NfeLeft">Network evaluations left for each image, on average; null without such a limit.</param>
public readonly record struct SearchProgress(double Fraction, double MeanBest, double? NfeLeft);
