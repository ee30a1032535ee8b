using DiffuSharp.Search.Verifiers;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

/// <summary>The mean of the pixels, of class 1 only a fiftieth of it.</summary>
internal sealed class ScaledVerifier : IVerifier
{
    public string Name => "scaled";

    public Tensor Score(VerifierBatch batch) =>
        batch.Images.to(ScalarType.Float64).flatten(1).mean([1]) * torch.tensor([.. batch.Classes!.Select(c => c == 0 ? 1.0 : 0.02)]);
}
