namespace DiffuSharp.Torch;

/// <content>Elementwise functions.</content>
public partial class Tensor
{
    private static readonly Operator s_sqrt = new("aten::sqrt");
    private static readonly Operator s_rsqrt = new("aten::rsqrt");
    private static readonly Operator s_reciprocal = new("aten::reciprocal");
    private static readonly Operator s_square = new("aten::square");
    private static readonly Operator s_exp = new("aten::exp");
    private static readonly Operator s_log = new("aten::log");
    private static readonly Operator s_log1p = new("aten::log1p");
    private static readonly Operator s_erf = new("aten::erf");
    private static readonly Operator s_tanh = new("aten::tanh");
    private static readonly Operator s_sin = new("aten::sin");
    private static readonly Operator s_cos = new("aten::cos");
    private static readonly Operator s_abs = new("aten::abs");
    private static readonly Operator s_floor = new("aten::floor");
    private static readonly Operator s_silu = new("aten::silu");
    private static readonly Operator s_sigmoid = new("aten::sigmoid");
    private static readonly Operator s_special_ndtr = new("aten::special_ndtr");
    private static readonly Operator s_softmax_int = new("aten::softmax", "int");
    private static readonly Operator s_log_softmax_int = new("aten::log_softmax", "int");
    private static readonly Operator s_isfinite = new("aten::isfinite");

    /// <summary>Square root.</summary>
    public Tensor sqrt() => s_sqrt.Call(this);

    /// <summary>1/√x.</summary>
    public Tensor rsqrt() => s_rsqrt.Call(this);

    /// <summary>1/x.</summary>
    public Tensor reciprocal() => s_reciprocal.Call(this);

    /// <summary>Square.</summary>
    public Tensor square() => s_square.Call(this);

    /// <summary>Exponential.</summary>
    public Tensor exp() => s_exp.Call(this);

    /// <summary>Natural logarithm.</summary>
    public Tensor log() => s_log.Call(this);

    /// <summary>ln(1 + x), accurate near 0.</summary>
    public Tensor log1p() => s_log1p.Call(this);

    /// <summary>Error function.</summary>
    public Tensor erf() => s_erf.Call(this);

    /// <summary>Hyperbolic tangent.</summary>
    public Tensor tanh() => s_tanh.Call(this);

    /// <summary>Sine.</summary>
    public Tensor sin() => s_sin.Call(this);

    /// <summary>Cosine.</summary>
    public Tensor cos() => s_cos.Call(this);

    /// <summary>Absolute value.</summary>
    public Tensor abs() => s_abs.Call(this);

    /// <summary>Largest integer not above.</summary>
    public Tensor floor() => s_floor.Call(this);

    /// <summary>x · sigmoid(x).</summary>
    public Tensor silu() => s_silu.Call(this);

    /// <summary>1/(1 + e^−x).</summary>
    public Tensor sigmoid() => s_sigmoid.Call(this);

    /// <summary>Distribution function of the unit normal distribution.</summary>
    public Tensor special_ndtr() => s_special_ndtr.Call(this);

    /// <summary>Softmax along a dimension.</summary>
    public Tensor softmax(int dim) => s_softmax_int.Call(this, (long)dim);

    /// <summary>Logarithm of the softmax along a dimension.</summary>
    public Tensor log_softmax(int dim) => s_log_softmax_int.Call(this, (long)dim);

    /// <summary>True where finite.</summary>
    public Tensor isfinite() => s_isfinite.Call(this);
}
