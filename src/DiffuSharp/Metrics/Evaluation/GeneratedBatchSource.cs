using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>The images that a model makes, quantised to 8 bits as <c>sample</c> writes them.</summary>
/// <param name="generator">Makes them.</param>
/// <param name="progress">Told after every row of the sampler.</param>
/// <param name="cancellation">Looked at after every row.</param>
public sealed class GeneratedBatchSource(
    ImageGenerator generator, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default) : IBatchSource
{
    private long _evaluations;

    /// <inheritdoc/>
    public int Count => generator.Batches;

    /// <inheritdoc/>
    public LabeledBatch Read(int index)
    {
        var before = generator.Cost.Evaluations;
        var images = generator.GenerateBatch(index, progress, cancellation);
        _evaluations = generator.Cost.Evaluations - before;
        var shape = images[0].Image.Shape;
        byte[] pixels = [.. images.SelectMany(image => image.Image.Pixels)];
        return new LabeledBatch(
            torch.tensor(pixels, [images.Count, shape.Channels, shape.Height, shape.Width]),
            images[0].Class is null ? null : [.. images.Select(image => (long)image.Class!.Value)]);
    }

    /// <inheritdoc/>
    public long EvaluationsOf(int index) => _evaluations;
}
