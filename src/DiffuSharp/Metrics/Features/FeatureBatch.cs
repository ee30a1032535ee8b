using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Features;

/// <summary>What a feature network says about some images.</summary>
/// <param name="Features">float32 [N,d].</param>
/// <param name="Logits">float32 [N,C]; null if the network gives none.</param>
/// <param name="Spatial">float32 [N,s], a layer before pooling; null if the network gives none.</param>
public sealed record FeatureBatch(Tensor Features, Tensor? Logits, Tensor? Spatial = null);
