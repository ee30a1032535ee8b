namespace DiffuSharp.Torch.Modules;

/// <summary>Layer normalisation of the last dimension with weight and bias.</summary>
public sealed class LayerNorm : Module
{
    private readonly double _eps;

    /// <summary>Weight one, bias zero.</summary>
    /// <param name="channels">Size of the last dimension.</param>
    /// <param name="eps">Added to the variance.</param>
    public LayerNorm(int channels, double eps)
    {
        _eps = eps;
        weight = register_parameter("weight", torch.ones([channels]));
        bias = register_parameter("bias", torch.zeros([channels]));
    }

    /// <summary>[C].</summary>
    public Parameter weight { get; }

    /// <summary>[C].</summary>
    public Parameter bias { get; }

    /// <summary>[…, C] → […, C].</summary>
    public Tensor forward(Tensor x) => torch.nn.functional.layer_norm(x, weight, bias, _eps);
}
