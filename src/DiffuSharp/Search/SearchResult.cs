namespace DiffuSharp.Search;

/// <summary>What a search found and what it cost.</summary>
/// <param name="Images">In the order of the seeds.</param>
/// <param name="Milestones">Those at which every image had a candidate.</param>
/// <param name="Ledger">Costs.</param>
public sealed record SearchResult(
    IReadOnlyList<SearchedImage> Images, IReadOnlyList<SearchMilestone> Milestones, SearchLedger Ledger);
