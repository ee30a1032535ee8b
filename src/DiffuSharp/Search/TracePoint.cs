namespace DiffuSharp.Search;

/// <summary>One score of an image's search.</summary>
/// <param name="Nfe">Network evaluations spent on the image until then, those of the final generation not included.</param>
/// <param name="VerifierCalls">Verifier calls until then.</param>
/// <param name="Score">The candidate's.</param>
/// <param name="Best">The best so far.</param>
public readonly record struct TracePoint(long Nfe, long VerifierCalls, double Score, double Best);
