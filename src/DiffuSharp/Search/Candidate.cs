using DiffuSharp.Search.Noise;

namespace DiffuSharp.Search;

/// <summary>A noise to try for an image.</summary>
/// <param name="Image">Number of the image in its block.</param>
/// <param name="Noise">The noise.</param>
public readonly record struct Candidate(int Image, CandidateNoise Noise);
