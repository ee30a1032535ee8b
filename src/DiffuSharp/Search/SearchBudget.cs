namespace DiffuSharp.Search;

/// <summary>What a search may cost; at least one limit. A round that would pass a limit is not begun.</summary>
public sealed record SearchBudget
{
    /// <summary>
    /// Network evaluations for each image, those of the final generation included:
    /// iterations × candidates × NFE of the search's sampler + NFE of the final sampler (Ma et al. 2025).
    /// </summary>
    public long? Nfe { get; init; }

    /// <summary>Calls of the verifier for each image.</summary>
    public long? VerifierCalls { get; init; }

    /// <summary>
    /// Seconds for the whole search without its plain samples, shared by the blocks by their images; every image gets its first candidate all the same. Such a
    /// search is not repeatable.
    /// </summary>
    public double? Seconds { get; init; }

    /// <summary>Checks the limits.</summary>
    /// <exception cref="InvalidInputException">There is none, or one is not positive.</exception>
    public void Validate()
    {
        if (Nfe is null && VerifierCalls is null && Seconds is null)
        {
            throw new InvalidInputException("budget: a search needs a limit in NFE, verifier calls or seconds");
        }

        if (Nfe is < 1 || VerifierCalls is < 1 || Seconds is not (null or > 0))
        {
            throw new InvalidInputException("budget: every limit must be positive");
        }
    }
}
