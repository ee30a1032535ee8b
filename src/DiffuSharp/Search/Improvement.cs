using DiffuSharp.Data;
using DiffuSharp.Search.Noise;

namespace DiffuSharp.Search;

/// <summary>A candidate that was better than all before it.</summary>
/// <param name="Nfe">Network evaluations spent on the image until then.</param>
/// <param name="Score">Its score.</param>
/// <param name="Image">Its image, with the search's sampler.</param>
/// <param name="Noise">Its noise; null where the search moved more than noise (paths).</param>
public sealed record Improvement(long Nfe, double Score, Image Image, CandidateNoise? Noise);
