namespace DiffuSharp.Torch;

/// <content>Reductions.</content>
public partial class Tensor
{
    private static readonly Operator s_sum = new("aten::sum");
    private static readonly Operator s_sum_dim_IntList = new("aten::sum", "dim_IntList");
    private static readonly Operator s_cumsum = new("aten::cumsum");
    private static readonly Operator s_mean = new("aten::mean");
    private static readonly Operator s_mean_dim = new("aten::mean", "dim");
    private static readonly Operator s_std = new("aten::std");
    private static readonly Operator s_max = new("aten::max");
    private static readonly Operator s_amax = new("aten::amax");
    private static readonly Operator s_min = new("aten::min");
    private static readonly Operator s_argmax = new("aten::argmax");
    private static readonly Operator s_argmin = new("aten::argmin");
    private static readonly Operator s_all = new("aten::all");
    private static readonly Operator s_all_dim = new("aten::all", "dim");
    private static readonly Operator s_any_dim = new("aten::any", "dim");
    private static readonly Operator s_kthvalue = new("aten::kthvalue");

    /// <summary>Sum of all elements.</summary>
    public Tensor sum() => s_sum.Call(this);

    /// <summary>Sum along dimensions.</summary>
    public Tensor sum(long[] dim, bool keepdim = false) => s_sum_dim_IntList.Call(this, dim, keepdim);

    /// <summary>Sums of the first 1, 2, … elements along a dimension.</summary>
    public Tensor cumsum(long dim) => s_cumsum.Call(this, dim, Argument.None);

    /// <summary>Mean of all elements.</summary>
    public Tensor mean() => s_mean.Call(this);

    /// <summary>Mean along dimensions.</summary>
    public Tensor mean(long[] dim, bool keepdim = false) => s_mean_dim.Call(this, dim, keepdim);

    /// <summary>Standard deviation of all elements (N − 1).</summary>
    public Tensor std() => s_std.Call(this);

    /// <summary>Largest element.</summary>
    public Tensor max() => s_max.Call(this);

    /// <summary>Largest elements along a dimension, which stays with size 1.</summary>
    public Tensor amax(long dim) => s_amax.Call(this, new[] { dim }, true);

    /// <summary>Smallest element.</summary>
    public Tensor min() => s_min.Call(this);

    /// <summary>Index of the largest element along a dimension.</summary>
    public Tensor argmax(long dim) => s_argmax.Call(this, dim);

    /// <summary>Index of the smallest element along a dimension.</summary>
    public Tensor argmin(long dim) => s_argmin.Call(this, dim);

    /// <summary>True if all are.</summary>
    public Tensor all() => s_all.Call(this);

    /// <summary>True where all along a dimension are.</summary>
    public Tensor all(long dim) => s_all_dim.Call(this, dim);

    /// <summary>True where any along a dimension is.</summary>
    public Tensor any(long dim) => s_any_dim.Call(this, dim);

    /// <summary>The k-th smallest element along a dimension and its index; k counts from 1.</summary>
    public (Tensor Values, Tensor Indices) kthvalue(long k, long dim)
    {
        var result = s_kthvalue.CallTuple(this, k, dim);
        return (result[0], result[1]);
    }
}
