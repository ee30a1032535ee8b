namespace DiffuSharp.Torch;

/// <content>Views and changes of shape.</content>
public partial class Tensor
{
    private static readonly Operator s_reshape = new("aten::reshape");
    private static readonly Operator s_view = new("aten::view");
    private static readonly Operator s_flatten_using_ints = new("aten::flatten", "using_ints");
    private static readonly Operator s_unsqueeze = new("aten::unsqueeze");
    private static readonly Operator s_squeeze_dim = new("aten::squeeze", "dim");
    private static readonly Operator s_expand = new("aten::expand");
    private static readonly Operator s_repeat = new("aten::repeat");
    private static readonly Operator s_transpose_int = new("aten::transpose", "int");
    private static readonly Operator s_diagonal = new("aten::diagonal");
    private static readonly Operator s_permute = new("aten::permute");
    private static readonly Operator s_flip = new("aten::flip");
    private static readonly Operator s_narrow = new("aten::narrow");
    private static readonly Operator s_select_int = new("aten::select", "int");
    private static readonly Operator s_as_strided = new("aten::as_strided");
    private static readonly Operator s_chunk = new("aten::chunk");
    private static readonly Operator s_split_Tensor = new("aten::split", "Tensor");
    private static readonly Operator s_unbind_int = new("aten::unbind", "int");

    /// <summary>Another shape, sharing the elements if possible; one size may be −1.</summary>
    public Tensor reshape(params long[] shape) => s_reshape.Call(this, shape);

    /// <summary>Another shape of the same elements, never copied.</summary>
    public Tensor view(params long[] shape) => s_view.Call(this, shape);

    /// <summary>Dimensions from start on made one.</summary>
    public Tensor flatten(long start_dim = 0) => s_flatten_using_ints.Call(this, start_dim);

    /// <summary>A dimension of size 1 inserted.</summary>
    public Tensor unsqueeze(long dim) => s_unsqueeze.Call(this, dim);

    /// <summary>A dimension of size 1 removed.</summary>
    public Tensor squeeze(long dim) => s_squeeze_dim.Call(this, dim);

    /// <summary>Dimensions of size 1 stretched without copying; −1 keeps a size.</summary>
    public Tensor expand(params long[] size) => s_expand.Call(this, size);

    /// <summary>Copies side by side along each dimension.</summary>
    public Tensor repeat(params long[] repeats) => s_repeat.Call(this, repeats);

    /// <summary>Two dimensions exchanged.</summary>
    public Tensor transpose(long dim0, long dim1) => s_transpose_int.Call(this, dim0, dim1);

    /// <summary>The main diagonal of a matrix, sharing the elements.</summary>
    public Tensor diagonal() => s_diagonal.Call(this);

    /// <summary>Dimensions in another order.</summary>
    public Tensor permute(params long[] dims) => s_permute.Call(this, dims);

    /// <summary>Mirrored along dimensions.</summary>
    public Tensor flip(params long[] dims) => s_flip.Call(this, dims);

    /// <summary>The part [start, start + length) of one dimension, sharing the elements.</summary>
    public Tensor narrow(long dim, long start, long length) => s_narrow.Call(this, dim, start, length);

    /// <summary>One index of a dimension, which disappears; shares the elements.</summary>
    public Tensor select(long dim, long index) => s_select_int.Call(this, dim, index);

    /// <summary>Parts of equal size along a dimension.</summary>
    public Tensor[] chunk(long chunks, long dim) => s_chunk.CallList(this, chunks, dim);

    /// <summary>Parts of split_size along a dimension (the last may be smaller).</summary>
    public Tensor[] split(long split_size, long dim = 0) => s_split_Tensor.CallList(this, split_size, dim);

    /// <summary>The slices of a dimension, which disappears.</summary>
    public Tensor[] unbind(long dim = 0) => s_unbind_int.CallList(this, dim);

    /// <summary>A view of the elements with given sizes and strides from an offset, all inside the storage.</summary>
    public Tensor as_strided(long[] size, long[] stride, long storage_offset) => s_as_strided.Call(this, size, stride, storage_offset);
}
