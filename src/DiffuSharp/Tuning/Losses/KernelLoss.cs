using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Tuning.Losses;

/// <summary>
/// Kernel distance of samples p and data q on features φ (Watson et al. 2022 with the estimator of Bińkowski et al. 2018):
/// 1/(n(n−1)) Σ_{i≠j} k(p_i, p_j) − 2/(nm) Σ k(p_i, q_j) + E k(q, q'), unbiased in the samples, divided by E k(q, q) − E k(q, q') of the data
/// so that it is free of units (for the linear kernel that is the sum of the features' variances). The linear kernel takes the
/// mean over all data, the cubic one the features that the reference keeps.
/// </summary>
public sealed class KernelLoss : ISampleLoss, IDisposable
{
    private const int Block = 2048;

    private readonly IFeatureExtractor _extractor;
    private readonly KernelKind _kernel;
    private readonly Tensor _data;      // [m,d]: all features kept, or their mean alone
    private readonly double _constant;  // E k(q, q')
    private readonly double _unit;
    private readonly string _compared;

    /// <summary>Compares with a reference.</summary>
    /// <param name="extractor">The features; the caller disposes of it.</param>
    /// <param name="reference">The data, measured with the same features.</param>
    /// <param name="kernel">Which kernel.</param>
    /// <exception cref="InvalidInputException">The reference is of other features, or keeps none and the kernel needs them.</exception>
    public KernelLoss(IFeatureExtractor extractor, ReferenceStatistics reference, KernelKind kernel)
    {
        reference.RequireProtocol(extractor.Protocol);
        if (kernel == KernelKind.Cubic && reference.Features is null)
        {
            throw new InvalidInputException("the cubic kernel needs features, but the reference holds only mu and sigma; make one with 'evaluate ref'");
        }

        (_extractor, _kernel, _compared) = (extractor, kernel, FeatureIdentity.Of(extractor.Protocol, reference));
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        if (kernel == KernelKind.Linear)
        {
            _data = reference.Statistics.Mean.clone().unsqueeze(0).DetachFromDisposeScope();
            _constant = _data.square().sum().ToDouble();
            _unit = reference.Statistics.Covariance.diagonal().sum().ToDouble();
        }
        else
        {
            _data = reference.Features!.to(ScalarType.Float64).clone().DetachFromDisposeScope();
            var own = Values(_data.square().sum([1]));
            double m = _data.size(0);
            _constant = (Sum(_data, _data) - own.sum().ToDouble()) / (m * (m - 1));
            _unit = own.mean().ToDouble() - _constant;
        }

        if (!(_unit > 0))
        {
            throw new InvalidInputException("the reference's features do not vary; use other features or other data");
        }
    }

    /// <inheritdoc/>
    public string Name => $"kid-{_kernel.ToString().ToLowerInvariant()}";

    /// <inheritdoc/>
    public string Identity => $"{Name} {_compared}";

    /// <inheritdoc/>
    public SampleLossResult Evaluate(SampleBatch batch, CancellationToken cancellation = default)
    {
        using var scope = torch.NewDisposeScope();
        var n = batch.Samples.size(0);
        if (n < 2)
        {
            throw new InvalidInputException("the kernel distance needs a batch of at least 2 images");
        }

        var features = FeaturePullback.Features(_extractor, batch.Samples, batch.MicroBatch, cancellation).to(Device.CPU, ScalarType.Float64);
        double value;
        Tensor cotangent;
        using (torch.enable_grad())
        {
            var phi = features.detach().requires_grad_();
            var pairs = Values(phi.matmul(phi.transpose(0, 1)));
            var within = (pairs.sum() - pairs.diagonal().sum()) / (n * (n - 1.0));
            var distance = (within - (2 * Values(phi.matmul(_data.transpose(0, 1))).mean()) + _constant) / _unit;
            value = distance.ToDouble();
            cotangent = torch.autograd.grad([distance], [phi])[0]!.to(batch.Samples.device, ScalarType.Float64);
        }

        var gradient = FeaturePullback.Pull(_extractor, batch.Samples, cotangent, batch.MicroBatch, cancellation);
        return new SampleLossResult(value, gradient.MoveToOuterDisposeScope(), [new LossPart(Name, value)]);
    }

    /// <summary>Frees the reference's features.</summary>
    public void Dispose() => _data.Dispose();

    // k of inner products.
    private Tensor Values(Tensor products) =>
        _kernel == KernelKind.Linear ? products : ((products / (double)_data.size(1)) + 1).pow(3);

    private double Sum(Tensor x, Tensor y)
    {
        double sum = 0;
        foreach (var left in x.split(Block))
        {
            foreach (var right in y.split(Block))
            {
                using var scope = torch.NewDisposeScope();
                sum += Values(left.matmul(right.transpose(0, 1))).sum().ToDouble();
            }
        }

        return sum;
    }
}
