using DiffuSharp.Torch;

namespace DiffuSharp.Networks.Classifiers;

/// <summary>What a classifier says about some images.</summary>
/// <param name="Features">[N, feature_dim], the input of the last layer.</param>
/// <param name="Logits">[N, label_dim].</param>
public readonly record struct ClassifierOutput(Tensor Features, Tensor Logits);
