using DiffuSharp.Data;

namespace DiffuSharp.Sampling;

/// <summary>One sample.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Class">Its class; null where the model is unconditional.</param>
/// <param name="Image">8-bit pixels.</param>
public sealed record GeneratedImage(long Seed, int? Class, Image Image)
{
    /// <summary>The name of its class; null where the model knows none.</summary>
    public string? ClassName { get; init; }

    /// <summary>The sampler that made it; null where that is not said.</summary>
    public SamplerMetadata? Sampler { get; init; }

    /// <summary>Writes the image: .png, .pgm or .ppm.</summary>
    /// <param name="path">File to create or replace.</param>
    public void Save(string path) => ImageFile.Write(path, Image);
}
