namespace DiffuSharp.Torch;

/// <content>Element types, devices, layouts and copies.</content>
public partial class Tensor
{
    private static readonly Operator s_to_dtype = new("aten::to", "dtype");
    private static readonly Operator s_to_device = new("aten::to", "device");
    private static readonly Operator s_contiguous = new("aten::contiguous");
    private static readonly Operator s_clone = new("aten::clone");
    private static readonly Operator s_detach = new("aten::detach");
    private static readonly Operator s_alias = new("aten::alias");
    private static readonly Operator s_copy_ = new("aten::copy_");
    private static readonly Operator s_zero_ = new("aten::zero_");

    /// <summary>The same values of another element type; shares the elements if nothing changes.</summary>
    public Tensor to(ScalarType type) => s_to_dtype.Call(this, type, false, false, Argument.None);

    /// <summary>The same values on another device and, if given, of another element type.</summary>
    public Tensor to(Device device, ScalarType? type = null) =>
        s_to_device.Call(this, device, type ?? dtype, false, false, Argument.None);

    /// <summary>The same values in a dense layout; shares the elements if they lie so already.</summary>
    public Tensor contiguous(MemoryFormat memory_format = MemoryFormat.Contiguous) => s_contiguous.Call(this, memory_format);

    /// <summary>A copy, differentiable.</summary>
    public Tensor clone(MemoryFormat memory_format = MemoryFormat.Preserve) => s_clone.Call(this, memory_format);

    /// <summary>The same elements cut off from the graph.</summary>
    public Tensor detach() => s_detach.Call(this);

    /// <summary>A second tensor of the same elements, with its own lifetime.</summary>
    public Tensor alias() => s_alias.Call(this);

    /// <summary>Overwrites the elements with those of the source, converting type and device.</summary>
    public Tensor copy_(Tensor source)
    {
        s_copy_.Run(this, source, false);
        return this;
    }

    /// <summary>Sets all elements to zero.</summary>
    public Tensor zero_()
    {
        s_zero_.Run(this);
        return this;
    }
}
