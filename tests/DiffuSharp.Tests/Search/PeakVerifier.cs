using DiffuSharp.Search.Verifiers;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

/// <summary>The mean of the pixels; remembers the most tensors that were alive when it was asked.</summary>
internal sealed class PeakVerifier : IVerifier
{
    private readonly LinearVerifier _linear = new(0.25, 0.25, 0.25, 0.25);

    public string Name => "peak";

    public bool IsDifferentiable => true;

    public long Peak { get; private set; }

    public Tensor Score(VerifierBatch batch)
    {
        Peak = Math.Max(Peak, Tensor.LiveCount);
        return _linear.Score(batch);
    }
}
