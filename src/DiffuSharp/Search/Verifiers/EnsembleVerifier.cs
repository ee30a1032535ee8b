using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>
/// Several verifiers by their mean rank (Ma et al. 2025). The rank of an image is its place among plain samples of the model, as a part of them, linear between two of
/// them and going on beyond the best and the worst with the mean slope; so a score does not depend on which candidates are compared when.
/// </summary>
/// <param name="members">At least one; disposed of with the ensemble where they can be.</param>
public sealed class EnsembleVerifier(IReadOnlyList<IVerifier> members) : IVerifier, IDisposable
{
    private double[][]? _sorted;

    /// <inheritdoc/>
    public string Name => string.Join('+', members.Select(member => member.Name));

    /// <inheritdoc/>
    public bool NeedsPlainSamples => true;

    /// <inheritdoc/>
    public void Prepare(VerifierBatch samples)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        foreach (var member in members)
        {
            if (member.ObservedSigma is not null)
            {
                throw new InvalidInputException($"verifier ensemble: {member.Name} looks at trajectories and cannot be a member");
            }

            member.Prepare(samples);
        }

        _sorted = [.. members.Select(member => ScoresOf(member, samples).Order().ToArray())];
        if (Array.Exists(_sorted, scores => scores[0] == scores[^1]))
        {
            throw new InvalidInputException("verifier ensemble: needs plain samples of different scores to rank by; search more images");
        }
    }

    /// <inheritdoc/>
    public void Accept(VerifierBatch chosen)
    {
        foreach (var member in members)
        {
            member.Accept(chosen);
        }
    }

    /// <inheritdoc/>
    public Tensor Score(VerifierBatch batch)
    {
        var sorted = _sorted ?? throw new InvalidOperationException("no plain samples were shown before");
        using var scope = torch.NewDisposeScope();
        var mean = new double[batch.Images.size(0)];
        for (var m = 0; m < members.Count; m++)
        {
            var scores = ScoresOf(members[m], batch);
            for (var i = 0; i < mean.Length; i++)
            {
                mean[i] += Rank(sorted[m], scores[i]) / members.Count;
            }
        }

        return torch.tensor(mean).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the members.</summary>
    public void Dispose()
    {
        foreach (var member in members.OfType<IDisposable>())
        {
            member.Dispose();
        }
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

    private static double[] ScoresOf(IVerifier member, VerifierBatch batch) =>
        member.Score(batch).to(Device.CPU, ScalarType.Float64).contiguous().ToArray<double>();
}
