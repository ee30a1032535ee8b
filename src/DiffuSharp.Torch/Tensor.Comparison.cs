namespace DiffuSharp.Torch;

/// <content>Comparisons and selection.</content>
public partial class Tensor
{
    private static readonly Operator s_lt_Scalar = new("aten::lt", "Scalar");
    private static readonly Operator s_gt_Scalar = new("aten::gt", "Scalar");
    private static readonly Operator s_lt_Tensor = new("aten::lt", "Tensor");
    private static readonly Operator s_le_Tensor = new("aten::le", "Tensor");
    private static readonly Operator s_eq_Tensor = new("aten::eq", "Tensor");
    private static readonly Operator s_equal = new("aten::equal");

    /// <summary>True where smaller.</summary>
    public static Tensor operator <(Tensor left, Scalar right) => s_lt_Scalar.Call(left, right);

    /// <summary>True where larger.</summary>
    public static Tensor operator >(Tensor left, Scalar right) => s_gt_Scalar.Call(left, right);

    /// <summary>True where smaller.</summary>
    public Tensor lt(Tensor other) => s_lt_Tensor.Call(this, other);

    /// <summary>True where not larger.</summary>
    public Tensor le(Tensor other) => s_le_Tensor.Call(this, other);

    /// <summary>True where equal.</summary>
    public Tensor eq(Tensor other) => s_eq_Tensor.Call(this, other);

    /// <summary>True if shapes and all elements are equal.</summary>
    public bool equal(Tensor other) => s_equal.CallBool(this, other);
}
