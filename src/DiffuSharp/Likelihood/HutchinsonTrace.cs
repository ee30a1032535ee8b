using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood;

/// <summary>Vectors of independent ±1, drawn once for each image (Hutchinson 1990).</summary>
/// <param name="vectors">[images, probes, C·H·W] on the denoiser's device.</param>
internal sealed class HutchinsonTrace(Tensor vectors) : TraceEstimator
{
    public override int Count => (int)vectors.size(1);

    public override double Weight => 1.0 / Count;

    public override Tensor Vectors(int p, Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        return vectors.select(1, p).index_select(0, images).MoveToOuterDisposeScope();
    }
}
