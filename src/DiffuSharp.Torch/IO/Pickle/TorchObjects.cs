namespace DiffuSharp.Torch.IO.Pickle;

/// <summary>The few names that a pickle of tensors may refer to, and what calling them makes.</summary>
/// <param name="path">File, for messages.</param>
internal sealed class TorchObjects(string path)
{
    /// <summary>What to do with a file that cannot be read.</summary>
    public const string Advice = "save plain tensors with torch.save(model.state_dict(), path)";

    private const string OrderedDictionary = "collections.OrderedDict";
    private const string RebuildTensor = "torch._utils._rebuild_tensor_v2";
    private const string RebuildParameter = "torch._utils._rebuild_parameter";
    private const string Size = "torch.Size";

    private static readonly Dictionary<string, ScalarType> s_storages = new(StringComparer.Ordinal)
    {
        ["torch.ByteStorage"] = ScalarType.Byte,
        ["torch.CharStorage"] = ScalarType.Int8,
        ["torch.ShortStorage"] = ScalarType.Int16,
        ["torch.IntStorage"] = ScalarType.Int32,
        ["torch.LongStorage"] = ScalarType.Int64,
        ["torch.HalfStorage"] = ScalarType.Float16,
        ["torch.FloatStorage"] = ScalarType.Float32,
        ["torch.DoubleStorage"] = ScalarType.Float64,
        ["torch.BoolStorage"] = ScalarType.Bool,
        ["torch.BFloat16Storage"] = ScalarType.BFloat16,
    };

    /// <summary>A name, if it is one of those known.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public PickleGlobal Global(string name) =>
        name is OrderedDictionary or RebuildTensor or RebuildParameter or Size || s_storages.ContainsKey(name)
            ? new PickleGlobal(name)
            : throw Error($"refers to {InvalidFile.Quote(name)}, which is neither tensor nor plain data and is never loaded");

    /// <summary>The storage of a persistent id ("storage", type, key, device, count).</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public TorchStorage Persistent(object? id) =>
        id is object?[] { Length: 5 } parts && parts[0] is "storage" && parts[1] is PickleGlobal global && parts[2] is string key
            && parts[4] is long count and >= 0 && s_storages.TryGetValue(global.Name, out var type)
            ? new TorchStorage(key, type, count)
            : throw Error("has a persistent id that is no tensor storage");

    /// <summary>What a known function makes of its arguments.</summary>
    /// <exception cref="InvalidDataException">The function is not known, or its arguments are not what it takes.</exception>
    public object Reduce(object? function, object? arguments) => (function, arguments) switch
    {
        (PickleGlobal { Name: OrderedDictionary }, object?[] { Length: 0 }) => new OrderedDictionary<object, object?>(),
        (PickleGlobal { Name: RebuildTensor }, object?[] { Length: >= 4 and <= 7 } parts) => Tensor(parts),
        (PickleGlobal { Name: RebuildParameter }, object?[] { Length: 3 } parts) when parts[0] is TorchTensorEntry tensor => tensor,
        (PickleGlobal { Name: Size }, object?[] { Length: 1 } parts) when parts[0] is object?[] sizes => sizes,
        (PickleGlobal global, _) => throw Error($"calls {InvalidFile.Quote(global.Name)} with arguments that do not fit"),
        _ => throw Error("calls something that is no function"),
    };

    private TorchTensorEntry Tensor(object?[] parts)
    {
        if (parts[0] is not TorchStorage storage || parts[1] is not long offset || Integers(parts[2]) is not { } shape
            || Integers(parts[3]) is not { } strides || shape.Length != strides.Length || shape.Length > ShapeSize.MaximumRank
            || !ShapeSize.TryGetBytes(shape, storage.Type.ElementSize(), out _))
        {
            throw Error("rebuilds a tensor from arguments that describe none");
        }

        return Fits(storage, offset, shape, strides)
            ? new TorchTensorEntry(storage, offset, shape, strides)
            : throw Error($"has a tensor {ShapeSize.Format(shape)} that reaches beyond its storage of {storage.Count} elements");
    }

    // The last element that the view touches lies inside the storage.
    private static bool Fits(TorchStorage storage, long offset, long[] shape, long[] strides)
    {
        if (offset < 0 || strides.Any(stride => stride < 0))
        {
            return false;
        }

        if (shape.Contains(0))
        {
            return offset <= storage.Count;
        }

        var last = (Int128)offset;
        for (var i = 0; i < shape.Length; i++)
        {
            last += (Int128)(shape[i] - 1) * strides[i];
        }

        return last < storage.Count;
    }

    private static long[]? Integers(object? value) =>
        value is object?[] items && items.All(item => item is long) ? [.. items.Cast<long>()] : null;

    private InvalidDataException Error(string what) => InvalidFile.Error(path, what, Advice);
}
