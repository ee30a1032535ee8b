namespace DiffuSharp.Search;

/// <summary>What a search has cost, all images together.</summary>
/// <param name="Search">The search proper.</param>
/// <param name="Final">Final generations; nothing where the winners' images were kept.</param>
/// <param name="Plain">Plain samples for comparison, outside the budget.</param>
/// <param name="HeldOut">Scores of the held-out verifier, outside the budget.</param>
/// <param name="WinnersKept">Whether the winners' images are those of the search itself, without a final run.</param>
public sealed record SearchLedger(SearchCost Search, SearchCost Final, SearchCost Plain, SearchCost HeldOut, bool WinnersKept)
{
    /// <summary>What counts against the budget: search and final generation.</summary>
    public SearchCost Total => Search + Final;
}
