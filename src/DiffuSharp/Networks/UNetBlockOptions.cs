namespace DiffuSharp.Networks;

/// <summary>What the residual blocks of one network have in common.</summary>
/// <param name="EmbeddingChannels">Width of the embedding.</param>
/// <param name="Dropout">Probability in training, between the activation and the second convolution.</param>
/// <param name="Eps">Of the group normalisations.</param>
/// <param name="ResidualScale">Multiplies each residual sum.</param>
/// <param name="Adaptive">Whether the embedding scales and shifts after normalisation (ADM) or is added before it.</param>
/// <param name="HeadWidth">Channels per attention head; null for one head.</param>
/// <param name="WeightedResamplingSkip">Whether the skip of a resampling block has weights even if the channels stay.</param>
/// <param name="Taps">Taps of the resampling filter.</param>
/// <param name="Plain">Initialises ordinary layers.</param>
/// <param name="Last">Initialises the second convolution.</param>
/// <param name="Query">Initialises query, key and value.</param>
/// <param name="Projection">Initialises the projection after attention.</param>
public sealed record UNetBlockOptions(
    int EmbeddingChannels, double Dropout, double Eps, double ResidualScale, bool Adaptive, int? HeadWidth,
    bool WeightedResamplingSkip, IReadOnlyList<int> Taps, Initializer Plain, Initializer Last, Initializer Query, Initializer Projection);
