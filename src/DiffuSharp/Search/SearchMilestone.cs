namespace DiffuSharp.Search;

/// <summary>What the search would have given with a smaller budget.</summary>
/// <param name="Nfe">That budget.</param>
/// <param name="Images">The images, in the order of the seeds.</param>
public sealed record SearchMilestone(long Nfe, IReadOnlyList<FinalImage> Images);
