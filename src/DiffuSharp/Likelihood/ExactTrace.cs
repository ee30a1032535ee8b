using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood;

/// <summary>The unit vectors.</summary>
internal sealed class ExactTrace(int dimension, Device device) : TraceEstimator
{
    public override int Count => dimension;

    public override double Weight => 1;

    public override Tensor Vectors(int p, Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        var unit = torch.zeros([1, dimension], device: device);
        unit.narrow(1, p, 1).add_(torch.ones([1, 1], device: device));
        return unit.expand(images.size(0), dimension).MoveToOuterDisposeScope();
    }
}
