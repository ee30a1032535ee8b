using DiffuSharp.Networks;
using DiffuSharp.Sampling;

namespace DiffuSharp.Cli;

/// <summary>Learned samplers that lie beside a model: NAME-5.sampler.json for NAME.safetensors at 5 NFE.</summary>
internal static class Gallery
{
    /// <summary>The name of the option of a sampler file that holds the fingerprint of its model (<see cref="WeightHash"/>).</summary>
    public const string ModelHash = "weights_sha256";

    /// <summary>The name of the option of a sampler file that says whether a discrete model gets real-valued times.</summary>
    public const string Times = "times";

    /// <summary>The value of <see cref="Times"/> for real-valued times.</summary>
    public const string Real = "real";

    private const string Ending = ".sampler.json";

    /// <summary>The sampler of a model and cost; null if there is none, or if it was learned for other weights.</summary>
    /// <exception cref="InvalidDataException">The file is broken.</exception>
    public static SamplerFile? Find(string model, int nfe)
    {
        var path = Path.Combine(Path.GetDirectoryName(model) ?? "", $"{Path.GetFileNameWithoutExtension(model)}-{nfe}{Ending}");
        if (!File.Exists(path))
        {
            return null;
        }

        var sampler = SamplerFile.Load(path);
        return Option(sampler, ModelHash) == WeightHash.Sha256(model) ? sampler : null;
    }

    /// <summary>Why there is no sampler for a model, cost and use: one for other weights, none of that cost, none at all.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="nfe">The cost.</param>
    /// <param name="guided">Whether the model is guided; learned samplers were learned without.</param>
    public static string WhyNot(string model, int nfe, bool guided)
    {
        var name = Path.GetFileNameWithoutExtension(model);
        var folder = Path.GetDirectoryName(Path.GetFullPath(model))!;
        if (File.Exists(Path.Combine(folder, $"{name}-{nfe}{Ending}")))
        {
            return $"{name}-{nfe}{Ending} beside the model was learned {(guided ? "without guidance" : "for other weights")}";
        }

        int[] others = [.. Directory.EnumerateFiles(folder, $"{name}-*{Ending}")
            .Select(path => Path.GetFileName(path)[(name.Length + 1)..^Ending.Length])
            .Where(text => int.TryParse(text, out _)).Select(int.Parse).Order()];
        return others.Length == 0 ? $"no learned sampler lies beside {Path.GetFileName(model)}" : $"the learned samplers beside the model cost {string.Join(", ", others)} NFE, not {nfe}";
    }

    /// <summary>Whether a sampler was learned with real-valued times.</summary>
    public static bool HasRealTimes(SamplerFile? sampler) => sampler is not null && Option(sampler, Times) == Real;

    private static string? Option(SamplerFile sampler, string name) =>
        sampler.Metadata.Options.FirstOrDefault(option => option.Key == name).Value;
}
