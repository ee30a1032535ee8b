using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>The images that a model makes, quantised to 8 bits as <c>sample</c> writes them.</summary>
public static class GeneratedBatches
{
    /// <summary>Samples batch by batch; the tensors belong to the scope in which the batch is asked for.</summary>
    public static IEnumerable<LabeledBatch> Read(
        ImageGenerator generator, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
    {
        foreach (var images in generator.Generate(progress, cancellation))
        {
            var shape = images[0].Image.Shape;
            byte[] pixels = [.. images.SelectMany(image => image.Image.Pixels)];
            yield return new LabeledBatch(
                torch.tensor(pixels, [images.Count, shape.Channels, shape.Height, shape.Width]),
                images[0].Class is null ? null : [.. images.Select(image => (long)image.Class!.Value)]);
        }
    }
}
