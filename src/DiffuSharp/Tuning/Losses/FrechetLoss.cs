using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Losses;

/// <summary>
/// Frechet distance |μ − μ_r|² + tr Σ + tr Σ_r − 2 tr (Σ_r^½ Σ Σ_r^½)^½ of samples and data on features, over tr Σ_r so that it is free of units.
/// It is biased upwards as 1/N and its gradient with it: μ and Σ are those of the batch and of a <see cref="FeatureMemory"/> of earlier batches, and the gradient is
/// what it would be if all those images moved as the present ones do. The first steps only fill the memory: value and gradient are 0.
/// </summary>
public sealed class FrechetLoss : ISampleLoss, IDisposable
{
    private const double MachineEpsilon = 2.220446049250313e-16;

    private readonly IFeatureExtractor _extractor;
    private readonly FeatureMemory _memory;
    private readonly Tensor _mean;
    private readonly Tensor _root; // Σ_r^½
    private readonly double _unit; // tr Σ_r

    /// <summary>Compares with a reference.</summary>
    /// <param name="extractor">The features; the caller disposes of it.</param>
    /// <param name="reference">The data, measured with the same features.</param>
    /// <param name="memory">Images of earlier steps whose features are counted in.</param>
    /// <exception cref="InvalidInputException">The reference is of other features, or its features do not vary.</exception>
    public FrechetLoss(IFeatureExtractor extractor, ReferenceStatistics reference, int memory)
    {
        reference.RequireProtocol(extractor.Protocol);
        (_extractor, _memory) = (extractor, new FeatureMemory(memory));
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (values, vectors) = torch.linalg.eigh(reference.Statistics.Covariance);
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
    public IReadOnlyList<FeatureMemory> Memories => [_memory];

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">Batch and memory together hold no more images than there are features.</exception>
    public SampleLossResult Evaluate(SampleBatch batch, CancellationToken cancellation = default)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var features = FeaturePullback.Features(_extractor, batch.Samples, batch.MicroBatch, cancellation).to(Device.CPU, ScalarType.Float64);
        var (n, d) = (features.size(0), features.size(1));
        if (n + _memory.Capacity <= d)
        {
            throw new InvalidInputException($"fid: a batch of {n} and a memory of {_memory.Capacity} images for {d} features; together they must be more");
        }

        var all = _memory.With(features);
        var result = all.size(0) < n + _memory.Capacity
            ? new SampleLossResult(0, torch.zeros_like(batch.Samples), [new LossPart(Name, 0)])
            : Differentiate(batch, all, n, cancellation);
        _memory.Add(features);
        return result with { Gradient = result.Gradient.MoveToOuterDisposeScope() };
    }

    /// <summary>Frees the reference and the memory.</summary>
    public void Dispose()
    {
        _mean.Dispose();
        _root.Dispose();
        _memory.Dispose();
    }

    // With M = Σ_r^½ Σ Σ_r^½: dF/dμ = 2 (μ − μ_r), dF/dΣ = I − Σ_r^½ M^(−½) Σ_r^½; the last n rows are the batch.
    private SampleLossResult Differentiate(SampleBatch batch, Tensor all, long n, CancellationToken cancellation)
    {
        double count = all.size(0);
        var mean = all.mean([0]);
        var centred = all - mean;
        var covariance = centred.transpose(0, 1).matmul(centred) / (count - 1);
        var (values, vectors) = torch.linalg.eigh(_root.matmul(covariance).matmul(_root));
        var roots = Roots(values);
        var step = mean - _mean;
        var value = (step.square().sum() + covariance.diagonal().sum() - (roots.sum() * 2)).ToDouble() + _unit;

        var inverse = torch.where(roots > 0, roots.reciprocal(), torch.zeros_like(roots));
        var pull = _root.matmul(SymmetricMatrix.Compose(vectors, inverse)).matmul(_root);
        var rows = centred.narrow(0, all.size(0) - n, n);
        var cotangent = ((step * (2 / count)) + ((rows - rows.matmul(pull)) * (2 / (count - 1)))) * (count / n / _unit);
        var gradient = FeaturePullback.Pull(_extractor, batch.Samples, cotangent.to(batch.Samples.device, ScalarType.Float64), batch.MicroBatch, cancellation);
        return new SampleLossResult(value / _unit, gradient, [new LossPart(Name, value / _unit)]);
    }

    // Eigenvalues that are rounding noise count as zero: a feature that never varies has no slope.
    private static Tensor Roots(Tensor eigenvalues)
    {
        var floor = eigenvalues.max().ToDouble() * eigenvalues.size(0) * MachineEpsilon;
        return torch.where(eigenvalues > floor, eigenvalues, torch.zeros_like(eigenvalues)).sqrt();
    }
}
