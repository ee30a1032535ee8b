namespace DiffuSharp.Torch;

/// <content>Arithmetic with broadcasting.</content>
public partial class Tensor
{
    private static readonly Operator s_add_Tensor = new("aten::add", "Tensor");
    private static readonly Operator s_add_Scalar = new("aten::add", "Scalar");
    private static readonly Operator s_sub_Tensor = new("aten::sub", "Tensor");
    private static readonly Operator s_sub_Scalar = new("aten::sub", "Scalar");
    private static readonly Operator s_rsub_Scalar = new("aten::rsub", "Scalar");
    private static readonly Operator s_neg = new("aten::neg");
    private static readonly Operator s_mul_Tensor = new("aten::mul", "Tensor");
    private static readonly Operator s_mul_Scalar = new("aten::mul", "Scalar");
    private static readonly Operator s_div_Tensor = new("aten::div", "Tensor");
    private static readonly Operator s_div_Scalar = new("aten::div", "Scalar");
    private static readonly Operator s_add__Tensor = new("aten::add_", "Tensor");
    private static readonly Operator s_sub__Tensor = new("aten::sub_", "Tensor");
    private static readonly Operator s_mul__Tensor = new("aten::mul_", "Tensor");
    private static readonly Operator s_mul__Scalar = new("aten::mul_", "Scalar");
    private static readonly Operator s_div__Scalar = new("aten::div_", "Scalar");
    private static readonly Operator s_pow_Tensor_Scalar = new("aten::pow", "Tensor_Scalar");
    private static readonly Operator s_minimum = new("aten::minimum");
    private static readonly Operator s_maximum = new("aten::maximum");
    private static readonly Operator s_clamp = new("aten::clamp");
    private static readonly Operator s_matmul = new("aten::matmul");
    private static readonly Operator s_bmm = new("aten::bmm");
    private static readonly Operator s_addmm_ = new("aten::addmm_");

    /// <summary>Elementwise sum.</summary>
    public static Tensor operator +(Tensor left, Tensor right) => s_add_Tensor.Call(left, right);

    /// <summary>Adds a number.</summary>
    public static Tensor operator +(Tensor left, Scalar right) => s_add_Scalar.Call(left, right);

    /// <summary>Adds a number.</summary>
    public static Tensor operator +(Scalar left, Tensor right) => s_add_Scalar.Call(right, left);

    /// <summary>Elementwise difference.</summary>
    public static Tensor operator -(Tensor left, Tensor right) => s_sub_Tensor.Call(left, right);

    /// <summary>Subtracts a number.</summary>
    public static Tensor operator -(Tensor left, Scalar right) => s_sub_Scalar.Call(left, right);

    /// <summary>Subtracts from a number.</summary>
    public static Tensor operator -(Scalar left, Tensor right) => s_rsub_Scalar.Call(right, left);

    /// <summary>Negation.</summary>
    public static Tensor operator -(Tensor value) => s_neg.Call(value);

    /// <summary>Elementwise product.</summary>
    public static Tensor operator *(Tensor left, Tensor right) => s_mul_Tensor.Call(left, right);

    /// <summary>Multiplies by a number.</summary>
    public static Tensor operator *(Tensor left, Scalar right) => s_mul_Scalar.Call(left, right);

    /// <summary>Multiplies by a number.</summary>
    public static Tensor operator *(Scalar left, Tensor right) => s_mul_Scalar.Call(right, left);

    /// <summary>Elementwise quotient.</summary>
    public static Tensor operator /(Tensor left, Tensor right) => s_div_Tensor.Call(left, right);

    /// <summary>Divides by a number.</summary>
    public static Tensor operator /(Tensor left, Scalar right) => s_div_Scalar.Call(left, right);

    /// <summary>This + alpha · other.</summary>
    public Tensor add(Tensor other, Scalar alpha) => s_add_Tensor.Call(this, other, alpha);

    /// <summary>Adds alpha · other in place.</summary>
    public Tensor add_(Tensor other, double alpha = 1)
    {
        s_add__Tensor.Run(this, other, alpha);
        return this;
    }

    /// <summary>Subtracts in place.</summary>
    public Tensor sub_(Tensor other)
    {
        s_sub__Tensor.Run(this, other);
        return this;
    }

    /// <summary>Multiplies in place.</summary>
    public Tensor mul_(Tensor other)
    {
        s_mul__Tensor.Run(this, other);
        return this;
    }

    /// <summary>Multiplies by a number in place.</summary>
    public Tensor mul_(Scalar factor)
    {
        s_mul__Scalar.Run(this, factor);
        return this;
    }

    /// <summary>Divides by a number in place.</summary>
    public Tensor div_(Scalar divisor)
    {
        s_div__Scalar.Run(this, divisor);
        return this;
    }

    /// <summary>Power with a number.</summary>
    public Tensor pow(Scalar exponent) => s_pow_Tensor_Scalar.Call(this, exponent);

    /// <summary>Smaller of the two, elementwise.</summary>
    public Tensor minimum(Tensor other) => s_minimum.Call(this, other);

    /// <summary>Larger of the two, elementwise.</summary>
    public Tensor maximum(Tensor other) => s_maximum.Call(this, other);

    /// <summary>Values limited to [min, max].</summary>
    public Tensor clamp(Scalar min, Scalar max) => s_clamp.Call(this, min, max);

    /// <summary>Matrix product, batched and broadcast as in NumPy.</summary>
    public Tensor matmul(Tensor other) => s_matmul.Call(this, other);

    /// <summary>Adds the product of two matrices in place.</summary>
    public Tensor addmm_(Tensor mat1, Tensor mat2)
    {
        s_addmm_.Run(this, mat1, mat2);
        return this;
    }

    /// <summary>Product of batches of matrices [B,n,k]·[B,k,m].</summary>
    public Tensor bmm(Tensor other) => s_bmm.Call(this, other);
}
