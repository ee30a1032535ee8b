namespace DiffuSharp.Search;

/// <summary>What a part of a search has cost.</summary>
/// <param name="Nfe">Network evaluations by the arithmetic of the budget, all images together.</param>
/// <param name="Evaluations">Network evaluations that the denoiser counted.</param>
/// <param name="VerifierCalls">Images scored.</param>
/// <param name="Seconds">Time, the verifier's included.</param>
/// <param name="VerifierSeconds">Time in the verifier.</param>
public readonly record struct SearchCost(long Nfe, long Evaluations, long VerifierCalls, double Seconds, double VerifierSeconds)
{
    /// <summary>Sum.</summary>
    public static SearchCost operator +(SearchCost a, SearchCost b) => new(
        a.Nfe + b.Nfe,
        a.Evaluations + b.Evaluations,
        a.VerifierCalls + b.VerifierCalls,
        a.Seconds + b.Seconds,
        a.VerifierSeconds + b.VerifierSeconds);
}
