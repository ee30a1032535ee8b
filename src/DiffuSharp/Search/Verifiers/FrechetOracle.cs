using DiffuSharp.Data;
using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>The Frechet distance as an oracle: what an image takes from it.</summary>
[Recipe("fid", Source = "Ma et al. 2025")]
public sealed record FrechetRecipe : VerifierRecipe
{
    /// <summary>Reference statistics.</summary>
    [RecipeOption(Positional = true, File = true)]
    public string? Reference { get; init; }

    /// <summary>The feature network of the reference; a classifier where none is named.</summary>
    [RecipeOption(Positional = true, File = true)]
    public string? Features { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files(VerifierContext context) => [Reference!, OrClassifier(Features, context)];

    /// <inheritdoc/>
    public override IVerifier Open(VerifierContext context)
    {
        using var reference = ReferenceFile.Read(Reference!);
        var network = FeatureExtractor.Open(OrClassifier(Features, context), context.Device);
        FeatureStatistics? statistics = null;
        try
        {
            reference.RequireProtocol(network.Protocol);
            var read = reference.Statistics;
            statistics = new FeatureStatistics(read.Mean.clone(), read.Covariance.clone(), read.Count);
            return new FrechetOracle(network, statistics);
        }
        catch
        {
            network.Dispose();
            statistics?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        if (Reference is null)
        {
            throw Invalid("name the reference statistics, fid:REF.npz");
        }
    }
}

/// <summary>
/// The oracle for the Frechet distance: what an image adds to the distance of the images chosen so far, to first order in 1/N. With statistics (μ, Σ) of N images
/// and features f, N ΔFD = 2 (μ − μ_r)·(f − μ) + (f − μ)ᵀ (I − T)(f − μ) − tr (I − T)Σ, where T = Σ_r^½ (Σ_r^½ Σ Σ_r^½)^−½ Σ_r^½ is the derivative of
/// 2 tr (ΣΣ_r)^½. The statistics begin with plain samples and grow by the images that are chosen, block by block. An upper bound, no method.
/// </summary>
public sealed class FrechetOracle : IVerifier, IDisposable
{
    private const double Floor = 1e-6;

    private readonly IFeatureExtractor _network;
    private readonly FeatureStatistics _reference;
    private readonly FeatureMoments _moments = new();
    private Tensor? _mean;
    private Tensor? _slope;
    private Tensor? _curvature;
    private double _offset;

    /// <summary>Takes over the network and the statistics.</summary>
    /// <param name="network">The metric's network.</param>
    /// <param name="reference">Statistics of the data with the same network.</param>
    /// <exception cref="InvalidInputException">The two do not belong together.</exception>
    public FrechetOracle(IFeatureExtractor network, FeatureStatistics reference)
    {
        if (network.Protocol.FeatureDim != reference.Dimension)
        {
            throw new InvalidInputException(
                $"verifier fid: {network.Protocol.Name} gives {network.Protocol.FeatureDim} features, the reference has {reference.Dimension}");
        }

        (_network, _reference) = (network, reference);
    }

    /// <inheritdoc/>
    public string Name => $"fid:{_network.Protocol.Name}";

    /// <inheritdoc/>
    public bool NeedsPlainSamples => true;

    /// <inheritdoc/>
    public void Prepare(VerifierBatch samples) => Add(samples);

    /// <inheritdoc/>
    public void Accept(VerifierBatch chosen) => Add(chosen);

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">No plain samples were shown before.</exception>
    public Tensor Score(VerifierBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        if (_mean is null)
        {
            throw new InvalidInputException($"verifier {Name}: needs at least 2 plain samples first; search more than one image");
        }

        var away = Features(batch) - _mean;
        var change = away.matmul(_slope!) + (away.matmul(_curvature!) * away).sum([1]) - _offset;
        return (-change).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the network, the reference and the sums.</summary>
    public void Dispose()
    {
        _network.Dispose();
        _reference.Dispose();
        _moments.Dispose();
        _mean?.Dispose();
        _slope?.Dispose();
        _curvature?.Dispose();
    }

    private Tensor Features(VerifierBatch batch) => _network.Extract(PixelTensor.ToBytes(batch.Images)).Features.to(ScalarType.Float64);

    private void Add(VerifierBatch images)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        _moments.Add(Features(images));
        if (_moments.Count < 2)
        {
            return;
        }

        using var statistics = _moments.ToStatistics();
        _mean?.Dispose();
        _slope?.Dispose();
        _curvature?.Dispose();
        var root = Power(_reference.Covariance, 0.5);
        var inner = root.matmul(statistics.Covariance).matmul(root);
        var transport = root.matmul(Power(inner, -0.5)).matmul(root);
        _mean = statistics.Mean.clone().DetachFromDisposeScope();
        _slope = ((statistics.Mean - _reference.Mean) * 2).DetachFromDisposeScope();
        _curvature = (Power(inner, 0) - transport).DetachFromDisposeScope();
        _offset = (_curvature * statistics.Covariance).sum().ToDouble();
    }

    // A power of a symmetric matrix; eigenvalues that are rounding only are raised to a small part of the largest.
    private static Tensor Power(Tensor matrix, double exponent)
    {
        var (values, vectors) = torch.linalg.eigh((matrix + matrix.transpose(0, 1)) / 2);
        var largest = values.max();
        var raised = values.maximum(largest * Floor).pow(exponent);
        return SymmetricMatrix.Compose(vectors, raised);
    }
}
