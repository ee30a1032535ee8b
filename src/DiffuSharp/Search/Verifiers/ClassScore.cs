namespace DiffuSharp.Search.Verifiers;

/// <summary>What a supervised verifier takes of a classifier's output.</summary>
public enum ClassScore
{
    /// <summary>The logarithm of the wanted class's probability.</summary>
    LogProbability,

    /// <summary>The wanted class's logit.</summary>
    Logit,

    /// <summary>The largest log-probability of any class: needs no wanted class.</summary>
    Confidence,
}
