namespace DiffuSharp.Torch.IO;

/// <summary>Tensors from and to NumPy arrays.</summary>
public static class NpyArrayExtensions
{
    /// <summary>A copy of an array as a tensor on the CPU.</summary>
    public static Tensor ToTensor(this NpyArray array)
    {
        var tensor = torch.empty(array.Shape, array.Type);
        array.Data.CopyTo(tensor.bytes());
        return tensor;
    }

    /// <summary>A copy of a tensor as an array.</summary>
    /// <exception cref="ArgumentException">The tensor is BFloat16, which NumPy does not have.</exception>
    public static NpyArray ToNpy(this Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        return new NpyArray(tensor.dtype, tensor.shape, tensor.detach().to(Device.CPU).contiguous().bytes().ToArray());
    }
}
