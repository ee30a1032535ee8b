using DiffuSharp.Search.Verifiers;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

/// <summary>The scalar product with fixed weights, plus a multiple of the class.</summary>
internal sealed class LinearVerifier(params double[] weights) : IVerifier
{
    public string Name => "linear";

    public bool IsDifferentiable => true;

    public int LargestBatch { get; private set; }

    public int Accepted { get; private set; }

    public Tensor Score(VerifierBatch batch)
    {
        LargestBatch = Math.Max(LargestBatch, (int)batch.Images.size(0));
        var scores = (batch.Images.to(ScalarType.Float64).flatten(1) * torch.tensor(weights)).sum([1]);
        return batch.Classes is { } classes ? scores + (torch.tensor([.. classes.Select(c => (double)c)]) * 0.01) : scores;
    }

    public void Accept(VerifierBatch chosen) => Accepted += (int)chosen.Images.size(0);
}
