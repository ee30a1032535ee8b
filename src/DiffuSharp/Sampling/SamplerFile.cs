using System.Text.Json;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Sampling;

/// <summary>
/// A sampler file (<c>*.sampler.json</c>): a tableau and where it comes from. Numbers are written so that they read back
/// exactly; zeros are left out of the rows. The text:
/// <code>
/// {"format": "diffusharp-sampler", "version": 1, "solver": …, "source": …, "options": {name: text, …}, "nfe": N, "rows": [
///   {"sigma": σ_i, "prior": p_i, "noise": s_i, "noise_floor": smallest s_i, "x": {"j": a_ij, …}, "D": {"j": c_ij, …}}, … ]}
/// </code>
/// Only rows whose s_i the network chooses (<see cref="SamplerRow.NoiseFloor"/>) have a <c>noise_floor</c>.
/// </summary>
/// <param name="Tableau">The sampler.</param>
/// <param name="Metadata">Where it comes from.</param>
public sealed record SamplerFile(SamplerTableau Tableau, SamplerMetadata Metadata)
{
    /// <summary>The name of the format, in the file's field <c>format</c>.</summary>
    internal const string Format = "diffusharp-sampler";

    /// <summary>The version of the format that is written and read.</summary>
    internal const int Version = 1;

    /// <summary>Reads a sampler file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is not a valid sampler file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SamplerFile Load(string path)
    {
        var json = File.ReadAllBytes(path);
        try
        {
            return SamplerFileReader.Parse(json);
        }
        catch (Exception error)
            when (error is FormatException or JsonException or InvalidOperationException or InvalidInputException)
        {
            var what = error.Message.ReplaceLineEndings(" ");
            throw new InvalidDataException($"{path}: {what} Write the sampler file anew or restore it from a copy.", error);
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, stream => SamplerFileWriter.Write(this, stream));
}
