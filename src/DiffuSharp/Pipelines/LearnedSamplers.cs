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
    public static SamplerFile? FindLargest(string model) =>
        Costs(model).OrderDescending().Select(nfe => Find(model, nfe)).FirstOrDefault(sampler => sampler is not null);

    /// <summary>The sampler of a model and cost; null if there is none, or if it was learned for other weights.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="nfe">Network evaluations for each image.</param>
    /// <exception cref="InvalidDataException">The file is broken.</exception>
    public static SamplerFile? Find(string model, int nfe)
    {
        var path = Path.Combine(Path.GetDirectoryName(model) ?? "", $"{Path.GetFileNameWithoutExtension(model)}-{nfe}{Ending}");
        if (!File.Exists(path))
        {
            return null;
        }

        var sampler = SamplerFile.Load(path);
        return sampler.Metadata.Option(SamplerMetadata.ModelHash) == WeightHash.Sha256(model) ? sampler : null;
    }

    /// <summary>Why there is no sampler for a model, cost and use: one for other weights, none of that cost, none at all.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="nfe">The cost.</param>
    /// <param name="guided">Whether the model is guided; learned samplers were learned without.</param>
    public static string WhyNot(string model, int nfe, bool guided)
    {
        var name = Path.GetFileNameWithoutExtension(model);
        if (File.Exists(Path.Combine(Path.GetDirectoryName(model) ?? "", $"{name}-{nfe}{Ending}")))
        {
            return $"{name}-{nfe}{Ending} beside the model was learned {(guided ? "without guidance" : "for other weights")}";
        }

        int[] others = [.. Costs(model).Order()];
        return others.Length == 0
            ? $"no learned sampler lies beside {Path.GetFileName(model)}"
            : $"the learned samplers beside the model cost {string.Join(", ", others)} NFE, not {nfe}";
    }

    // The costs in the names of the files beside a model.
    private static IEnumerable<int> Costs(string model)
    {
        var (folder, start) = (Path.GetDirectoryName(Path.GetFullPath(model))!, $"{Path.GetFileNameWithoutExtension(model)}-");
        return Directory.EnumerateFiles(folder, $"{start}*{Ending}")
            .Select(file => int.TryParse(Path.GetFileName(file)[start.Length..^Ending.Length], CultureInfo.InvariantCulture, out var nfe) ? nfe : 0)
            .Where(nfe => nfe > 0);
    }
}
