namespace DiffuSharp.Metrics;

/// <summary>An inception score.</summary>
/// <param name="Mean">Mean over the splits, from 1 to the number of classes.</param>
/// <param name="Std">Standard deviation between the splits (n), as published tools print it; no error bar of the mean.</param>
/// <param name="Splits">Number of splits.</param>
public readonly record struct InceptionScoreResult(double Mean, double Std, int Splits);
