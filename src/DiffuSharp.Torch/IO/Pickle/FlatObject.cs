namespace DiffuSharp.Torch.IO.Pickle;

/// <summary>Nested dictionaries, lists and tuples as tensors and values by dotted name.</summary>
internal sealed class FlatObject
{
    private const int MostNames = 1 << 20;
    private const int LargestDepth = 32;
    private const int LongestName = 4096;
    private const long MostCharacters = 1 << 25;  // of all names

    private readonly string _path;
    private int _visited;
    private long _characters;

    /// <summary>Flattens an object.</summary>
    /// <param name="path">File, for messages.</param>
    /// <param name="root">The object.</param>
    /// <exception cref="InvalidDataException">Too deep, too large, or a name occurs twice.</exception>
    public FlatObject(string path, object? root)
    {
        _path = path;
        Add("", root, 0);
    }

    /// <summary>The tensors.</summary>
    public OrderedDictionary<string, TorchTensorEntry> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Everything else.</summary>
    public OrderedDictionary<string, object?> Values { get; } = new(StringComparer.Ordinal);

    private void Add(string name, object? value, int depth)
    {
        _characters += name.Length;
        if (++_visited > MostNames || _characters > MostCharacters || depth > LargestDepth || name.Length > LongestName)
        {
            throw Error("is nested too deeply or holds too many names");
        }

        switch (value)
        {
            case OrderedDictionary<object, object?> dictionary:
                AddAll(name, dictionary.Select(pair => ($"{pair.Key}", pair.Value)), depth);
                break;
            case IReadOnlyList<object?> list:
                AddAll(name, list.Select((item, i) => ($"{i}", item)), depth);
                break;
            case TorchTensorEntry tensor when Tensors.TryAdd(name, tensor):
                break;
            case null or bool or long or double or string when Values.TryAdd(name, value):
                break;
            case TorchTensorEntry or null or bool or long or double or string:
                throw Error($"has the name {InvalidFile.Quote(name)} twice");
            default:
                throw Error($"has something other than tensors and plain data at {InvalidFile.Quote(name)}");
        }
    }

    private void AddAll(string name, IEnumerable<(string Key, object? Value)> items, int depth)
    {
        foreach (var (key, value) in items)
        {
            Add(name.Length == 0 ? key : $"{name}.{key}", value, depth + 1);
        }
    }

    private InvalidDataException Error(string what) => InvalidFile.Error(_path, what, TorchObjects.Advice);
}
