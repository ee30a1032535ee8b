using DiffuSharp.Networks;
using DiffuSharp.Sampling;

namespace DiffuSharp.Pipelines;

/// <summary>Learned samplers that lie beside a model: NAME-5.sampler.json for NAME.safetensors at 5 NFE.</summary>
public static class LearnedSamplers
{
    /// <summary>The sampler of a model and cost; null if there is none, or if it was learned for other weights.</summary>
    /// <exception cref="InvalidDataException">The file is broken.</exception>
    public static SamplerFile? Find(string model, int nfe)
    {
        var path = Path.Combine(Path.GetDirectoryName(model) ?? "", $"{Path.GetFileNameWithoutExtension(model)}-{nfe}.sampler.json");
        if (!File.Exists(path))
        {
            return null;
        }

        var sampler = SamplerFile.Load(path);
        return sampler.Metadata.Option(SamplerMetadata.ModelHash) == WeightHash.Sha256(model) ? sampler : null;
    }
}
