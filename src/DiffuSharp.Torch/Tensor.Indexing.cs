namespace DiffuSharp.Torch;

/// <content>Indexing.</content>
public partial class Tensor
{
    private static readonly Operator s_index_select = new("aten::index_select");
    private static readonly Operator s_index_copy = new("aten::index_copy");
    private static readonly Operator s_index = new("aten::index", "Tensor");

    /// <summary>One index of the first dimension, sharing the elements; negative numbers count from the end.</summary>
    public Tensor this[long index] => select(0, index);

    /// <summary>A range of the first dimension, sharing the elements: <c>x[2..5]</c>.</summary>
    public Tensor this[Range range]
    {
        get
        {
            var (start, length) = range.GetOffsetAndLength(checked((int)size(0)));
            return narrow(0, start, length);
        }
    }

    /// <summary>The rows of the first dimension that an integer or Boolean tensor names, copied.</summary>
    public Tensor this[Tensor index] => s_index.Call(this, new Tensor?[] { index });

    /// <summary>The given indices (int64 [K]) of one dimension, copied.</summary>
    public Tensor index_select(long dim, Tensor index) => s_index_select.Call(this, dim, index);

    /// <summary>A copy whose slices at the indices (int64 [n]) of one dimension are those of <paramref name="source"/>.</summary>
    public Tensor index_copy(long dim, Tensor index, Tensor source) => s_index_copy.Call(this, dim, index, source);
}
