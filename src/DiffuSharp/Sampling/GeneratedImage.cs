using DiffuSharp.Data;

namespace DiffuSharp.Sampling;

/// <summary>One sample.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Class">Its class; null where the model is unconditional.</param>
/// <param name="Image">8-bit pixels.</param>
public sealed record GeneratedImage(long Seed, int? Class, Image Image);
