namespace DiffuSharp.Torch.Modules;

/// <summary>x·Wᵀ + b on the last dimension; weight [out, in], bias [out].</summary>
public sealed class Linear : Module
{
    private static readonly Operator s_linear = new("aten::linear");

    /// <summary>Takes the initial values.</summary>
    /// <param name="weight">[out, in].</param>
    /// <param name="bias">[out], or null for none.</param>
    public Linear(Tensor weight, Tensor? bias)
    {
        this.weight = register_parameter("weight", weight);
        this.bias = bias is null ? null : register_parameter("bias", bias);
    }

    /// <summary>[out, in].</summary>
    public Parameter weight { get; }

    /// <summary>[out], or null.</summary>
    public Parameter? bias { get; }

    /// <summary>[…, in] → […, out].</summary>
    public Tensor forward(Tensor input) => s_linear.Call(input, weight, bias);
}
