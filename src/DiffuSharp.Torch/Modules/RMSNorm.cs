namespace DiffuSharp.Torch.Modules;

/// <summary>x / √(mean x² + eps) · weight over the last dimension, in float32.</summary>
public sealed class RMSNorm : Module
{
    private readonly double _eps;

    /// <summary>Weight one.</summary>
    /// <param name="channels">Size of the last dimension.</param>
    /// <param name="eps">Added to the mean square.</param>
    public RMSNorm(int channels, double eps)
    {
        _eps = eps;
        weight = register_parameter("weight", torch.ones([channels]));
    }

    /// <summary>[C].</summary>
    public Parameter weight { get; }

    /// <summary>[…, C] → […, C].</summary>
    public Tensor forward(Tensor x)
    {
        using var scope = torch.NewDisposeScope();
        var wide = x.to(ScalarType.Float32);
        var inverse = (wide.square().mean([-1], keepdim: true) + _eps).rsqrt();
        return ((wide * inverse).to(x.dtype) * weight).MoveToOuterDisposeScope();
    }
}
