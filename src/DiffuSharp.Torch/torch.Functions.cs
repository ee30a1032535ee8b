namespace DiffuSharp.Torch;

/// <content>Functions of several tensors.</content>
public static partial class torch
{
    private static readonly Operator s_cat = new("aten::cat");
    private static readonly Operator s_stack = new("aten::stack");
    private static readonly Operator s_where = new("aten::where", "self");

    /// <summary>Tensors joined along a dimension.</summary>
    public static Tensor cat(Tensor[] tensors, long dim = 0) => s_cat.Call(tensors, dim);

    /// <summary>Tensors of one shape joined along a new dimension.</summary>
    public static Tensor stack(Tensor[] tensors, long dim = 0) => s_stack.Call(tensors, dim);

    /// <summary>Elements of the first where the condition holds, of the second elsewhere.</summary>
    public static Tensor where(Tensor condition, Tensor self, Tensor other) => s_where.Call(condition, self, other);
}
