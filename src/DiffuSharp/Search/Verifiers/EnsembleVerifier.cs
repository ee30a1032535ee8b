using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>
/// Several verifiers by their mean rank (Ma et al. 2025). The rank of an image is its place among plain samples of the model, as a part of them, linear between two of
/// them and going on beyond the best and the worst with the mean slope; so a score does not depend on which candidates are compared when.
/// </summary>
public sealed class EnsembleVerifier : IVerifier, IDisposable
{
    private readonly IReadOnlyList<IVerifier> _members;
    private VerifierBatch? _plain;
    private double[][]? _sorted;

    /// <summary>Takes over the members.</summary>
    /// <param name="members">At least one; disposed of with the ensemble where they can be.</param>
    /// <exception cref="InvalidInputException">A member looks at trajectories.</exception>
    public EnsembleVerifier(IReadOnlyList<IVerifier> members)
    {
        if (members.FirstOrDefault(member => member.ObservedSigma is not null) is { } observer)
        {
            throw new InvalidInputException($"verifier ensemble: {observer.Name} looks at trajectories and cannot be a member");
        }

        _members = members;
    }

    /// <inheritdoc/>
    public string Name => string.Join('+', _members.Select(member => member.Name));

    /// <inheritdoc/>
    public bool NeedsPlainSamples => true;

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">All plain samples have the same score.</exception>
    public void Prepare(VerifierBatch samples)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        foreach (var member in _members)
        {
            member.Prepare(samples);
        }

        _plain?.Images.Dispose();
        _plain = samples with { Images = samples.Images.clone().DetachFromDisposeScope() };
        _sorted = [.. _members.Select(member => PlainScores(member, _plain))];
    }

    /// <inheritdoc/>
    public void Accept(VerifierBatch chosen)
    {
        for (var m = 0; m < _members.Count; m++)
        {
            _members[m].Accept(chosen);
            if (_members[m].NeedsPlainSamples && _sorted is not null)
            {
                // What was chosen moves the member's scores, and with them the places of the plain samples.
                _sorted[m] = PlainScores(_members[m], _plain!);
            }
        }
    }

    /// <inheritdoc/>
    public Tensor Score(VerifierBatch batch)
    {
        var sorted = _sorted ?? throw new InvalidOperationException("no plain samples were shown before");
        using var scope = torch.NewDisposeScope();
        var mean = new double[batch.Images.size(0)];
        for (var m = 0; m < _members.Count; m++)
        {
            var scores = ScoresOf(_members[m], batch);
            for (var i = 0; i < mean.Length; i++)
            {
                mean[i] += Rank(sorted[m], scores[i]) / _members.Count;
            }
        }

        return torch.tensor(mean).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the members and the plain samples.</summary>
    public void Dispose()
    {
        foreach (var member in _members.OfType<IDisposable>())
        {
            member.Dispose();
        }

        _plain?.Images.Dispose();
    }

    /// <summary>The place of a score among sorted ones: 0 at the lowest, 1 at the highest.</summary>
    internal static double Rank(double[] sorted, double score)
    {
        var slope = 1 / (sorted[^1] - sorted[0]);
        if (score <= sorted[0])
        {
            return (score - sorted[0]) * slope;
        }

        if (score >= sorted[^1])
        {
            return 1 + ((score - sorted[^1]) * slope);
        }

        var above = Array.BinarySearch(sorted, score);
        above = above < 0 ? ~above : above;
        while (sorted[above] == sorted[above - 1])
        {
            above--;
        }

        var part = (score - sorted[above - 1]) / (sorted[above] - sorted[above - 1]);
        return (above - 1 + part) / (sorted.Length - 1);
    }

    private static double[] PlainScores(IVerifier member, VerifierBatch plain)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        var scores = ScoresOf(member, plain).Order().ToArray();
        return scores[0] == scores[^1]
            ? throw new InvalidInputException("verifier ensemble: needs plain samples of different scores to rank by; search more images")
            : scores;
    }

    private static double[] ScoresOf(IVerifier member, VerifierBatch batch) =>
        member.Score(batch).to(Device.CPU, ScalarType.Float64).contiguous().ToArray<double>();
}
