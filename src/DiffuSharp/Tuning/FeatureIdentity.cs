using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;

namespace DiffuSharp.Tuning;

/// <summary>Fingerprints of what losses and metrics compare on, for the identity of a run.</summary>
internal static class FeatureIdentity
{
    /// <summary>The features, and the data that they are compared with.</summary>
    /// <param name="protocol">The features, rule of resizing included.</param>
    /// <param name="reference">The data; null for none.</param>
    public static string Of(FeatureProtocol protocol, ReferenceStatistics? reference = null) =>
        $"on {FileHash.OfText(protocol.ToJson())}{(reference is null ? "" : $" from {reference.Sha256 ?? "unsaved data"}")}";
}
