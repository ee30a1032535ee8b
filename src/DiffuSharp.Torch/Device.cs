namespace DiffuSharp.Torch;

/// <summary>Where a tensor lives: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
/// <param name="Type">Kind of device.</param>
/// <param name="Index">Number of the device, −1 for the current one.</param>
public sealed record Device(DeviceType Type, int Index = -1)
{
    private const int CurrentIndex = 255;

    /// <summary>The processor.</summary>
    public static Device CPU { get; } = new(DeviceType.CPU);

    internal long Packed => ((long)Type << 8) + (Index < 0 ? CurrentIndex : Index);

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static Device Parse(string text)
    {
        var parts = text.Split(':');
        DeviceType? type = parts[0] switch { "cpu" => DeviceType.CPU, "cuda" => DeviceType.CUDA, _ => null };
        var index = -1;
        var valid = type is not null && (parts.Length == 1
            || (parts.Length == 2 && int.TryParse(parts[1], out index) && index is >= 0 and < CurrentIndex));
        return valid ? new Device(type!.Value, index) : throw new FormatException($"'{text}' is no device: use cpu, cuda or cuda:N");
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var name = Type == DeviceType.CPU ? "cpu" : "cuda";
        return Index < 0 ? name : $"{name}:{Index}";
    }

    internal static Device Unpack(long packed)
    {
        var index = (int)(packed & CurrentIndex);
        return new Device((DeviceType)(packed >> 8), index == CurrentIndex ? -1 : index);
    }
}
