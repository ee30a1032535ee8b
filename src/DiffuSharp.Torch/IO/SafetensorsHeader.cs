namespace DiffuSharp.Torch.IO;

/// <summary>What the header of a safetensors file says.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Tensors by name.</summary>
    public Dictionary<string, SafetensorsEntry> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>The free text of the header.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The tensors in the order of their data, checked to fill the data without overlap or hole.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public SafetensorsEntry[] InDataOrder(string path, long dataLength)
    {
        SafetensorsEntry[] entries = [.. Tensors.Values.OrderBy(e => e.Offset).ThenBy(e => e.ByteLength)];
        long end = 0;
        foreach (var entry in entries)
        {
            if (entry.Offset != end)
            {
                var kind = entry.Offset < end ? "overlaps the tensor before it" : "leaves a hole before it";
                throw InvalidFile.Error(
                    path, $"tensor {InvalidFile.Quote(entry.Name)} {kind} (starts at byte {entry.Offset} instead of {end})",
                    "write the file again");
            }

            end += entry.ByteLength;
        }

        return end == dataLength
            ? entries
            : throw InvalidFile.Error(
                path, $"the header describes {end} bytes of tensors but {dataLength} follow it",
                "the file was cut or damaged, copy or download it again");
    }
}
