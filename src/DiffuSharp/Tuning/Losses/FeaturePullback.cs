using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Losses;

/// <summary>
/// Features of a batch in two phases: all features without a graph, then, when the derivative with respect to them is known, its pull-back
/// to the images one micro-batch at a time.
/// </summary>
internal static class FeaturePullback
{
    /// <summary>float64 [N,d].</summary>
    public static Tensor Features(IFeatureExtractor extractor, Tensor samples, int microBatch, CancellationToken cancellation)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var parts = new List<Tensor>();
        foreach (var part in samples.split(microBatch))
        {
            cancellation.ThrowIfCancellationRequested();
            parts.Add(extractor.Features(part.to(ScalarType.Float64)).to(samples.device, ScalarType.Float64));
        }

        return torch.cat([.. parts]).MoveToOuterDisposeScope();
    }

    /// <summary>dL/d(samples) of dL/d(features).</summary>
    public static Tensor Pull(
        IFeatureExtractor extractor, Tensor samples, Tensor cotangent, int microBatch, CancellationToken cancellation)
    {
        using var scope = torch.NewDisposeScope();
        var gradient = torch.zeros_like(samples);
        for (var start = 0L; start < samples.size(0); start += microBatch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = torch.NewDisposeScope();
            var count = Math.Min(microBatch, samples.size(0) - start);
            var images = samples.narrow(0, start, count).detach().requires_grad_();
            Tensor features;
            using (torch.enable_grad())
            {
                features = extractor.Features(images).to(samples.device, ScalarType.Float64);
            }

            var pulled = torch.autograd.grad([features], [images], [cotangent.narrow(0, start, count)]);
            gradient.narrow(0, start, count).copy_(pulled[0]!);
        }

        return gradient.MoveToOuterDisposeScope();
    }
}
