using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Losses;

/// <summary>
/// Frechet distance |μ − μ_r|² + tr Σ + tr Σ_r − 2 tr (Σ_r^½ Σ Σ_r^½)^½ of samples and data on features, over tr Σ_r so that it is free of units.
/// The statistics of a batch alone are too rough for it. μ and E[φφᵀ] are therefore those of many samples of an anchor, the sampler from which learning starts, plus the mean
/// difference, over the batch, of its samples from the anchor's samples of the same seeds (a control variate): noise is only in what has changed. One hundredth of Σ_r is mixed into Σ, so that its root has no steep slopes; the value is that much lower than the distance.
/// </summary>
public sealed class FrechetLoss : ISampleLoss, IDisposable
{
    // Part of Σ_r that is mixed into Σ: slopes are at most 1/√Shrinkage times those at Σ = Σ_r (see Bounded), and the optimum stays where it is.
    private const double Shrinkage = 0.01;

    private readonly IFeatureExtractor _extractor;
    private readonly KeptSamples _anchor;
    private readonly Tensor _centre; // mean features of the anchor's samples [d], the origin of all others
    private readonly Tensor _anchored; // features of the anchor's samples [N,d]
    private readonly Tensor _anchoredMoment; // their E[φφᵀ]
    private readonly Tensor _mean; // μ_r
    private readonly Tensor _covariance; // Σ_r
    private readonly Tensor _root; // Σ_r^½
    private readonly double _unit; // tr Σ_r
    private readonly string _compared;

    /// <summary>Compares with a reference.</summary>
    /// <param name="extractor">The features; the caller disposes of it.</param>
    /// <param name="reference">The data, measured with the same features.</param>
    /// <param name="anchor">Samples of all seeds that batches are made of, more than there are features; the caller disposes of it.</param>
    /// <param name="microBatch">Images that go through the feature network at once.</param>
    /// <param name="cancellation">Looked at before each of them.</param>
    /// <exception cref="InvalidInputException">The reference is of other features, its features do not vary, or the anchor has too few samples.</exception>
    public FrechetLoss(IFeatureExtractor extractor, ReferenceStatistics reference, KeptSamples anchor, int microBatch = 64, CancellationToken cancellation = default)
    {
        reference.RequireProtocol(extractor.Protocol);
        if (anchor.Count <= reference.Statistics.Dimension)
        {
            throw new InvalidInputException($"fid: {anchor.Count} anchor images for {reference.Statistics.Dimension} features; there must be more images");
        }

        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (values, vectors) = torch.linalg.eigh(reference.Statistics.Covariance);
        _unit = values.sum().ToDouble();
        if (!(_unit > 0))
        {
            throw new InvalidInputException("the reference's features do not vary; use other features or other data");
        }

        (_extractor, _anchor, _compared) = (extractor, anchor, FeatureIdentity.Of(extractor.Protocol, reference));
        var features = anchor.Features(extractor, microBatch, cancellation).to(Device.CPU);
        _centre = features.mean([0]).DetachFromDisposeScope();
        _anchored = (features - _centre).DetachFromDisposeScope();
        _anchoredMoment = Moment(_anchored).DetachFromDisposeScope();
        _mean = (reference.Statistics.Mean - _centre).DetachFromDisposeScope();
        _covariance = reference.Statistics.Covariance.clone().DetachFromDisposeScope();
        _root = SymmetricMatrix.Compose(vectors, Roots(values)).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public string Name => "fid";

    /// <inheritdoc/>
    public string Identity => $"{Name} {_compared}";

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">The anchor has no sample of a seed.</exception>
    public SampleLossResult Evaluate(SampleBatch batch, CancellationToken cancellation = default)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var features = FeaturePullback.Features(_extractor, batch.Samples, batch.MicroBatch, cancellation).to(Device.CPU, ScalarType.Float64) - _centre;
        var anchor = _anchored.index_select(0, torch.tensor(_anchor.Rows(batch.Seeds)));
        var mean = (features - anchor).mean([0]);
        var moment = _anchoredMoment + Moment(features) - Moment(anchor);
        var weight = (1 - Shrinkage) * _anchored.size(0) / (_anchored.size(0) - 1.0);
        var covariance = ((moment - (mean.reshape(-1, 1) * mean)) * weight) + (_covariance * Shrinkage);

        // With M = Σ_r^½ Σ Σ_r^½: dF/dμ = 2 (μ − μ_r), dF/dΣ = I − Σ_r^½ M^(−½) Σ_r^½.
        var (values, vectors) = torch.linalg.eigh(_root.matmul(covariance).matmul(_root));
        var step = mean - _mean;
        var roots = Roots(values);
        var value = ((step.square().sum() + covariance.diagonal().sum() - (roots.sum() * 2)).ToDouble() / _unit) + 1;
        var slopes = torch.where(roots > 0, roots.reciprocal(), torch.zeros_like(roots));
        var pull = Bounded(_root.matmul(SymmetricMatrix.Compose(vectors, slopes)).matmul(_root));
        var rows = features - mean;
        var cotangent = (step + ((rows - rows.matmul(pull)) * weight)) * (2 / (features.size(0) * _unit));
        var gradient = FeaturePullback.Pull(_extractor, batch.Samples, cotangent.to(batch.Samples.device, ScalarType.Float64), batch.MicroBatch, cancellation);
        return new SampleLossResult(value, gradient.MoveToOuterDisposeScope(), [new LossPart(Name, value)]);
    }

    /// <summary>Frees the statistics.</summary>
    public void Dispose()
    {
        _mean.Dispose();
        _covariance.Dispose();
        _root.Dispose();
        _centre.Dispose();
        _anchored.Dispose();
        _anchoredMoment.Dispose();
    }

    // Of Σ ⪰ Shrinkage Σ_r no eigenvalue of Σ_r^½ M^(−½) Σ_r^½ is above 1/√Shrinkage. The estimated Σ may have directions of less, even of hardly more than no variance,
    // in which 1/√λ knows no bound: they count as directions of the least variance. Others stay as they are, to the last bit where there are none.
    private static Tensor Bounded(Tensor pull)
    {
        const double Rounding = 1e-6;
        var steepest = 1 / Math.Sqrt(Shrinkage);
        var (slopes, directions) = torch.linalg.eigh(pull);
        return slopes.max().ToDouble() > steepest * (1 + Rounding)
            ? SymmetricMatrix.Compose(directions, slopes.minimum(torch.tensor([steepest])))
            : pull;
    }

    private static Tensor Moment(Tensor rows) => rows.transpose(0, 1).matmul(rows) / rows.size(0);

    // The estimated Σ need not be positive: what is below 0 counts as 0.
    private static Tensor Roots(Tensor eigenvalues) => eigenvalues.maximum(torch.zeros([1], ScalarType.Float64)).sqrt();
}
