using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Tuning.Losses;

/// <summary>
/// What a sampler makes of a range of seeds: a teacher's samples, that a few-step sampler is to reach from the same latents, or those of the sampler from which
/// learning starts. Kept in a <c>.safetensors</c> file that says from which model and sampler they come.
/// </summary>
public sealed class KeptSamples : IDisposable
{
    private const string TensorName = "samples";
    private const string OriginKey = "diffusharp.samples";

    private readonly Tensor _samples; // float32 [N,C,H,W]
    private readonly long _first;

    private KeptSamples(Tensor samples, long first) => (_samples, _first) = (samples.DetachFromDisposeScope(), first);

    /// <summary>How many seeds, from the first on.</summary>
    public int Count => (int)_samples.size(0);

    /// <summary>Computes the samples, limited to [−1, 1].</summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="tableau">The sampler.</param>
    /// <param name="first">First seed.</param>
    /// <param name="count">Number of seeds.</param>
    /// <param name="batch">Images that run together.</param>
    /// <param name="progress">Told the part that is done, 0 to 1.</param>
    /// <param name="cancellation">Looked at before each row.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static KeptSamples Compute(
        IDenoiser denoiser, SamplerTableau tableau, long first, int count, int batch, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var parts = new List<Tensor>();
        for (var start = 0; start < count; start += batch)
        {
            progress?.Report((double)start / count);
            long[] seeds = [.. Enumerable.Range(start, Math.Min(batch, count - start)).Select(i => first + i)];
            using var inner = torch.NewDisposeScope();
            using var draws = new SeededDraws(denoiser, seeds);
            using var run = new SamplerRun(tableau, denoiser, draws, draws.Condition);
            parts.Add(run.Finish(cancellation).clamp(-1, 1).to(Device.CPU, ScalarType.Float32).MoveToOuterDisposeScope());
        }

        return new KeptSamples(torch.cat([.. parts]), first);
    }

    /// <summary>The samples of a file if they are of this origin, else null.</summary>
    /// <param name="path">The file; it need not exist.</param>
    /// <param name="origin">Model, sampler and seeds, in words.</param>
    /// <param name="first">First seed.</param>
    /// <exception cref="InvalidDataException">The file is broken.</exception>
    public static KeptSamples? TryLoad(string path, string origin, long first)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var scope = torch.NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        return file.Metadata.GetValueOrDefault(OriginKey) == origin ? new KeptSamples(file.ReadTensor(TensorName), first) : null;
    }

    /// <summary>Writes the file atomically.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="origin">Model, sampler and seeds, in words.</param>
    public void Save(string path, string origin) => SafetensorsWriter.Write(
        path, [_samples.ToSafetensors(TensorName)], new Dictionary<string, string>(StringComparer.Ordinal) { [OriginKey] = origin });

    /// <summary>The samples of some seeds, float64 [N,C,H,W].</summary>
    /// <exception cref="InvalidInputException">A seed is outside the range.</exception>
    public Tensor Of(IReadOnlyList<long> seeds, Device device)
    {
        using var scope = torch.NewDisposeScope();
        return _samples.index_select(0, torch.tensor(Rows(seeds))).to(device, ScalarType.Float64).MoveToOuterDisposeScope();
    }

    /// <summary>The places of some seeds.</summary>
    /// <exception cref="InvalidInputException">A seed is outside the range.</exception>
    internal long[] Rows(IReadOnlyList<long> seeds) => [.. seeds.Select(seed => seed >= _first && seed < _first + Count
        ? seed - _first
        : throw new InvalidInputException($"there are samples of the seeds {_first} to {_first + Count - 1}, not of {seed}"))];

    /// <summary>The mean over the images of their squared distance from the mean image: the unit of distances.</summary>
    public double Variance()
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var values = _samples.to(ScalarType.Float64).flatten(1);
        return (values - values.mean([0], keepdim: true)).square().sum([1]).mean().ToDouble();
    }

    /// <summary>Features of all samples, float64 [N,d].</summary>
    internal Tensor Features(Metrics.Features.IFeatureExtractor extractor, int microBatch, CancellationToken cancellation = default) =>
        FeaturePullback.Features(extractor, _samples, microBatch, cancellation);

    /// <summary>Frees the samples.</summary>
    public void Dispose() => _samples.Dispose();
}
