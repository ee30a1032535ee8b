namespace DiffuSharp.Search;

/// <summary>A piece of a search that is done once: what a checkpoint keeps, and what a resumed search reads instead of computing it.</summary>
/// <param name="Outcomes">In the order of the candidates.</param>
/// <param name="Cost">What it cost.</param>
public sealed record SearchUnit(IReadOnlyList<Outcome> Outcomes, SearchCost Cost);
