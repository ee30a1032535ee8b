namespace DiffuSharp.Torch.IO;

/// <summary>Tensors from and to safetensors files.</summary>
public static class SafetensorsTensorExtensions
{
    /// <summary>Reads one tensor to the CPU.</summary>
    /// <exception cref="InvalidDataException">The file has no tensor of this name, or became shorter.</exception>
    public static Tensor ReadTensor(this SafetensorsFile file, string name)
    {
        var entry = file.Require(name);
        var tensor = torch.empty(entry.Shape, entry.Type);
        file.Read(entry, tensor.bytes());
        return tensor;
    }

    /// <summary>Reads all tensors whose names start with a prefix, without it, to the CPU.</summary>
    /// <exception cref="InvalidDataException">The file became shorter.</exception>
    public static Dictionary<string, Tensor> ReadTensors(this SafetensorsFile file, string prefix = "") =>
        file.Entries.Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Name[prefix.Length..], entry => file.ReadTensor(entry.Name));

    /// <summary>A tensor as an entry for <see cref="SafetensorsWriter"/>; it must live until the file is written.</summary>
    public static SafetensorsTensor ToSafetensors(this Tensor tensor, string name) =>
        new(name, tensor.dtype, tensor.shape, stream =>
        {
            using var scope = torch.NewDisposeScope();
            stream.Write(tensor.detach().to(Device.CPU).contiguous().bytes());
        });
}
