using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Losses;

/// <summary>
/// Frechet distance |μ − μ_r|² + tr Σ + tr Σ_r − 2 tr (Σ_r^½ Σ Σ_r^½)^½ of samples and data on features, over tr Σ_r so that it is free of units.
/// The statistics of a batch alone are too rough for it. μ and E[φφᵀ] are therefore those of many samples of an anchor, the sampler from which learning starts, plus the mean
/// difference, over the batch, of its samples from the anchor's samples of the same seeds (a control variate): noise is only in what has changed.
/// </summary>
public sealed class FrechetLoss : ISampleLoss, IDisposable
{
    private const double MachineEpsilon = 2.220446049250313e-16;

    private readonly IFeatureExtractor _extractor;
    private readonly KeptSamples _anchor;
    private readonly Tensor _anchored; // features of the anchor's samples [N,d]
    private readonly Tensor _mean;
    private readonly Tensor _root; // Σ_r^½
    private readonly double _unit; // tr Σ_r

    /// <summary>Compares with a reference.</summary>
    /// <param name="extractor">The features; the caller disposes of it.</param>
    /// <param name="reference">The data, measured with the same features.</param>
    /// <param name="anchor">Samples of all seeds that batches are made of, more than there are features; the caller disposes of it.</param>
    /// <param name="microBatch">Images that go through the feature network at once.</param>
    /// <exception cref="InvalidInputException">The reference is of other features, its features do not vary, or the anchor has too few samples.</exception>
    public FrechetLoss(IFeatureExtractor extractor, ReferenceStatistics reference, KeptSamples anchor, int microBatch = 64)
    {
        reference.RequireProtocol(extractor.Protocol);
        if (anchor.Count <= reference.Statistics.Dimension)
        {
            throw new InvalidInputException($"fid: {anchor.Count} anchor images for {reference.Statistics.Dimension} features; there must be more images");
        }

        (_extractor, _anchor) = (extractor, anchor);
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (values, vectors) = torch.linalg.eigh(reference.Statistics.Covariance);
        _anchored = anchor.Features(extractor, microBatch).to(Device.CPU).DetachFromDisposeScope();
        _mean = reference.Statistics.Mean.clone().DetachFromDisposeScope();
        _root = SymmetricMatrix.Compose(vectors, Roots(values)).DetachFromDisposeScope();
        _unit = values.sum().ToDouble();
        if (!(_unit > 0))
        {
            throw new InvalidInputException("the reference's features do not vary; use other features or other data");
        }
    }

    /// <inheritdoc/>
    public string Name => "fid";

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">The anchor has no sample of a seed.</exception>
    public SampleLossResult Evaluate(SampleBatch batch, CancellationToken cancellation = default)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var features = FeaturePullback.Features(_extractor, batch.Samples, batch.MicroBatch, cancellation).to(Device.CPU, ScalarType.Float64);
        var anchor = _anchored.index_select(0, torch.tensor(_anchor.Rows(batch.Seeds)));
        double count = _anchored.size(0);
        var mean = _anchored.mean([0]) + (features - anchor).mean([0]);
        var second = (Gram(_anchored) / count) + ((Gram(features) - Gram(anchor)) / features.size(0));
        var unbiased = count / (count - 1);
        var covariance = (second - (mean.reshape(-1, 1) * mean)) * unbiased;

        // With M = Σ_r^½ Σ Σ_r^½: dF/dμ = 2 (μ − μ_r), dF/dΣ = I − Σ_r^½ M^(−½) Σ_r^½.
        var (values, vectors) = torch.linalg.eigh(_root.matmul(covariance).matmul(_root));
        var roots = Roots(values);
        var step = mean - _mean;
        var value = ((step.square().sum() + covariance.diagonal().sum() - (roots.sum() * 2)).ToDouble() / _unit) + 1;
        var inverse = torch.where(roots > 0, roots.reciprocal(), torch.zeros_like(roots));
        var pull = _root.matmul(SymmetricMatrix.Compose(vectors, inverse)).matmul(_root);
        var rows = features - mean;
        var cotangent = (step + ((rows - rows.matmul(pull)) * unbiased)) * (2 / (features.size(0) * _unit));
        var gradient = FeaturePullback.Pull(_extractor, batch.Samples, cotangent.to(batch.Samples.device, ScalarType.Float64), batch.MicroBatch, cancellation);
        return new SampleLossResult(value, gradient.MoveToOuterDisposeScope(), [new LossPart(Name, value)]);
    }

    /// <summary>Frees the statistics.</summary>
    public void Dispose()
    {
        _mean.Dispose();
        _root.Dispose();
        _anchored.Dispose();
    }

    private static Tensor Gram(Tensor rows) => rows.transpose(0, 1).matmul(rows);

    // Eigenvalues that are rounding noise count as zero: a feature that never varies has no slope.
    private static Tensor Roots(Tensor eigenvalues)
    {
        var floor = eigenvalues.max().ToDouble() * eigenvalues.size(0) * MachineEpsilon;
        return torch.where(eigenvalues > floor, eigenvalues, torch.zeros_like(eigenvalues)).sqrt();
    }
}
