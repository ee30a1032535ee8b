using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Losses;

/// <summary>
/// Distance from the samples that the teacher makes of the same latents: squared distance of pixels and of features, each over the
/// teacher's variance. Samples are limited to [−1, 1] with a gradient of 1.
/// </summary>
public sealed class TeacherLoss : ISampleLoss
{
    private readonly KeptSamples _teacher;
    private readonly IFeatureExtractor? _extractor;
    private readonly TeacherLossOptions _options;
    private readonly double _pixelUnit;
    private readonly double _featureUnit;

    /// <summary>Measures the teacher.</summary>
    /// <param name="teacher">The samples to reach; the caller disposes of them.</param>
    /// <param name="extractor">The features; null for pixels only.</param>
    /// <param name="options">Weights.</param>
    /// <param name="microBatch">Images that go through the feature network at once.</param>
    /// <param name="cancellation">Looked at before each of them.</param>
    /// <exception cref="InvalidInputException">A weight is out of range, the features do not take such images, or what is compared does not vary.</exception>
    public TeacherLoss(
        KeptSamples teacher, IFeatureExtractor? extractor, TeacherLossOptions options, int microBatch = 64, CancellationToken cancellation = default)
    {
        options.Validate();
        (_teacher, _options) = (teacher, options);
        _extractor = options.FeatureWeight > 0 ? extractor : null;
        if (_extractor is null && options.PixelWeight == 0)
        {
            throw new InvalidInputException("the distance of features needs a feature network; name one or give pixels a weight");
        }

        _pixelUnit = teacher.Variance();
        RequireVariance(_pixelUnit, options.PixelWeight, "samples do not vary; use another model or more images");
        if (_extractor is not null)
        {
            using var scope = torch.NewDisposeScope();
            var features = teacher.Features(_extractor, microBatch, cancellation);
            _featureUnit = (features - features.mean([0], keepdim: true)).square().sum([1]).mean().ToDouble();
            RequireVariance(_featureUnit, options.FeatureWeight, "features do not vary; use other features or more images");
        }
    }

    /// <inheritdoc/>
    public string Name => _extractor is null ? "teacher-pixel" : _options.PixelWeight == 0 ? "teacher-feature" : "teacher-pixel+feature";

    /// <inheritdoc/>
    public string Identity =>
        $"{Name} {_options.PixelWeight:R} {_options.FeatureWeight:R}{(_extractor is null ? "" : $" {FeatureIdentity.Of(_extractor.Protocol)}")}";

    /// <inheritdoc/>
    public SampleLossResult Evaluate(SampleBatch batch, CancellationToken cancellation = default)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        double n = batch.Samples.size(0);
        var target = _teacher.Of(batch.Seeds, batch.Samples.device);
        var gradient = torch.zeros_like(batch.Samples);
        var parts = new List<LossPart>();
        double value = 0;
        if (_options.PixelWeight > 0)
        {
            var difference = batch.Samples.clamp(-1, 1) - target;
            var distance = difference.square().sum().ToDouble() / (n * _pixelUnit);
            gradient.add_(difference, 2 * _options.PixelWeight / (n * _pixelUnit));
            value += _options.PixelWeight * distance;
            parts.Add(new LossPart("pixel", distance));
        }

        if (_extractor is not null)
        {
            var features = FeaturePullback.Features(_extractor, batch.Samples, batch.MicroBatch, cancellation);
            var difference = features - FeaturePullback.Features(_extractor, target, batch.MicroBatch, cancellation);
            var distance = difference.square().sum().ToDouble() / (n * _featureUnit);
            var cotangent = difference * (2 * _options.FeatureWeight / (n * _featureUnit));
            gradient.add_(FeaturePullback.Pull(_extractor, batch.Samples, cotangent, batch.MicroBatch, cancellation));
            value += _options.FeatureWeight * distance;
            parts.Add(new LossPart("feature", distance));
        }

        return new SampleLossResult(value, gradient.MoveToOuterDisposeScope(), parts);
    }

    private static void RequireVariance(double unit, double weight, string otherwise)
    {
        if (weight > 0 && !(unit > 0))
        {
            throw new InvalidInputException($"the teacher's {otherwise}");
        }
    }
}
