using System.Diagnostics;
using DiffuSharp.Data;
using DiffuSharp.Dealing;
using DiffuSharp.Denoising;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.Sampling;

/// <summary>
/// Makes 8-bit images with a model and a sampler. Every image has its own generator, drawn in the order latents, class (where the
/// model has classes and none is asked for), then one draw for each noisy row: the same seed gives the same image in any batch
/// and order, up to the float rounding of the network.
/// </summary>
public sealed class ImageGenerator
{
    private readonly IDenoiser _denoiser;
    private readonly SamplerTableau _tableau;
    private readonly ImageGeneratorOptions _options;

    /// <summary>Checks the options.</summary>
    /// <param name="denoiser">The model, guided or not.</param>
    /// <param name="tableau">The sampler.</param>
    /// <param name="options">Seeds, class, batch.</param>
    /// <exception cref="InvalidInputException">The options do not fit the model.</exception>
    public ImageGenerator(IDenoiser denoiser, SamplerTableau tableau, ImageGeneratorOptions options)
    {
        options.Validate(denoiser);
        SamplerRun.RequireModel(tableau, denoiser);
        (_denoiser, _tableau, _options) = (denoiser, tableau, options);
    }

    /// <summary>Called after each row of each batch, in the order of the seeds.</summary>
    public Action<SamplerStep>? Observer { get; init; }

    /// <summary>The processes to which the batches are dealt; null for this one alone.</summary>
    public ProcessGroup? Group { get; init; }

    /// <summary>The part of the batches that is made.</summary>
    public Share Share { get; init; } = Share.Whole;

    /// <summary>All batches.</summary>
    public int Batches => (_options.Seeds.Count + _options.Batch - 1) / _options.Batch;

    /// <summary>What the batches so far have cost.</summary>
    public GenerationCost Cost { get; private set; }

    /// <summary>The images batch by batch, in the order of the seeds; each batch is computed when it is asked for. With ranks the first one gets all.</summary>
    /// <param name="progress">Told after every row.</param>
    /// <param name="cancellation">Stops after the row that is being computed; the batches before it have been handed out.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IEnumerable<IReadOnlyList<GeneratedImage>> Generate(
        IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
    {
        Cost = default;
        return Group is null
            ? Enumerable.Range(0, Batches).Where(Share.Owns).Select(index => GenerateBatch(index, progress, cancellation))
            : GenerateAmong(Group, progress, cancellation);
    }

    /// <summary>The images of one batch.</summary>
    /// <param name="index">From 0, in the order of the seeds.</param>
    /// <param name="progress">Told after every row.</param>
    /// <param name="cancellation">Stops after the row that is being computed.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<GeneratedImage> GenerateBatch(
        int index, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default) =>
        GenerateBatch(index, SeedsOf(index), progress, cancellation);

    private long[] SeedsOf(int index) => [.. _options.Seeds.Skip(index * _options.Batch).Take(_options.Batch)];

    private IEnumerable<IReadOnlyList<GeneratedImage>> GenerateAmong(
        ProcessGroup group, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        var total = default(GenerationCost);
        var index = 0;
        var watch = Stopwatch.StartNew();
        foreach (var piece in DealtWork.InOrder(group, Batches, Make))
        {
            watch.Stop();
            var seeds = SeedsOf(index++);
            var (images, evaluations) = ImagePiece.Read(piece, seeds, _denoiser.Shape);
            Cost = total = new GenerationCost(total.Images + seeds.Length, total.Evaluations + evaluations, watch.Elapsed.TotalSeconds);
            yield return images;
            watch.Start();
        }

        byte[] Make(int own)
        {
            var before = _denoiser.Evaluations;
            return ImagePiece.Write(GenerateBatch(own, progress, cancellation), _denoiser.Evaluations - before);
        }
    }

    private GeneratedImage[] GenerateBatch(int index, long[] seeds, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var evaluations = _denoiser.Evaluations;
        using var scope = torch.NewDisposeScope();
        using var draws = new SeededDraws(_denoiser, seeds, _options.Class);
        using var run = new SamplerRun(_tableau, _denoiser, draws, draws.Condition, _options.Precision)
        {
            Observer = step =>
            {
                Observer?.Invoke(step);
                progress?.Report(ProgressAt(index, step.Row, seeds.Length));
            },
        };
        var pixels = SamplePixels.Of(run.Finish(cancellation), seeds);
        Cost = new GenerationCost(
            Cost.Images + seeds.Length,
            Cost.Evaluations + _denoiser.Evaluations - evaluations,
            Cost.Seconds + watch.Elapsed.TotalSeconds);
        return [.. seeds.Select((seed, i) => new GeneratedImage(
            seed, (int?)draws.Classes?[i], new Image(_denoiser.Shape, pixels[i])))];
    }

    private GenerationProgress ProgressAt(int index, int row, int batch)
    {
        var total = _options.Seeds.Count;
        var before = index * _options.Batch;
        var done = before + (batch * (row + 1.0) / _tableau.Rows.Count);
        return new GenerationProgress(before, total, done / total);
    }
}
