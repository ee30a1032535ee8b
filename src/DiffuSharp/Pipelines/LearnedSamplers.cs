using System.Globalization;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;

namespace DiffuSharp.Pipelines;

/// <summary>Learned samplers that lie beside a model: NAME-5.sampler.json for NAME.safetensors at 5 NFE.</summary>
public static class LearnedSamplers
{
    private const string Ending = ".sampler.json";

    /// <summary>The sampler of a model with the largest cost; null if there is none for its weights.</summary>
    /// <exception cref="InvalidDataException">A file is broken.</exception>
    public static SamplerFile? FindLargest(string model)
    {
        var (folder, start) = (Path.GetDirectoryName(Path.GetFullPath(model))!, $"{Path.GetFileNameWithoutExtension(model)}-");
        return Directory.EnumerateFiles(folder, $"{start}*{Ending}")
            .Select(file => int.TryParse(Path.GetFileName(file)[start.Length..^Ending.Length], CultureInfo.InvariantCulture, out var nfe) ? nfe : 0)
            .Where(nfe => nfe > 0).OrderDescending().Select(nfe => Find(model, nfe)).FirstOrDefault(sampler => sampler is not null);
    }

    /// <summary>The sampler of a model and cost; null if there is none, or if it was learned for other weights.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="nfe">Network evaluations for each image.</param>
    /// <param name="remarks">Told why a sampler that lies there is not taken.</param>
    /// <exception cref="InvalidDataException">The file is broken.</exception>
    public static SamplerFile? Find(string model, int nfe, IProgress<string>? remarks = null)
    {
        var path = Path.Combine(Path.GetDirectoryName(model) ?? "", $"{Path.GetFileNameWithoutExtension(model)}-{nfe}{Ending}");
        if (!File.Exists(path))
        {
            return null;
        }

        var sampler = SamplerFile.Load(path);
        if (sampler.Metadata.Option(SamplerMetadata.ModelHash) == WeightHash.Sha256(model))
        {
            return sampler;
        }

        remarks?.Report($"{path}: was learned for other weights; not taken");
        return null;
    }
}
