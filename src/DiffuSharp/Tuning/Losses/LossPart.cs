namespace DiffuSharp.Tuning.Losses;

/// <summary>One term of a loss, before its weight.</summary>
/// <param name="Name">For logs.</param>
/// <param name="Value">Its value.</param>
public sealed record LossPart(string Name, double Value);
