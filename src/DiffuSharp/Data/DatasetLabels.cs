namespace DiffuSharp.Data;

/// <summary>
/// Labels of a data set's images, one each: class numbers, read as one-hot vectors, or vectors of floats, as EDM tells them
/// apart by the rank of the array.
/// </summary>
internal sealed class DatasetLabels
{
    /// <summary>Bound on class numbers and vector lengths, so that one wrong number cannot ask for gigabytes.</summary>
    public const int MaximumCount = 1 << 16;

    private readonly int[]? _classes;
    private readonly float[][]? _vectors;

    /// <summary>Class numbers from 0; the number of classes is the largest plus one unless names say more.</summary>
    public DatasetLabels(int[] classes, IReadOnlyList<string>? names = null)
    {
        _classes = classes;
        Names = names;
        Count = Math.Max(names?.Count ?? 0, classes.Length == 0 ? 0 : classes.Max() + 1);
    }

    /// <summary>Vectors of one length.</summary>
    public DatasetLabels(float[][] vectors)
    {
        _vectors = vectors;
        Count = vectors.Length == 0 ? 0 : vectors[0].Length;
    }

    /// <summary>Length of a label.</summary>
    public int Count { get; }

    /// <summary>Names of the classes.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>Number of labelled images.</summary>
    public int Images => _classes?.Length ?? _vectors!.Length;

    /// <summary>The class of an image; null where labels are vectors.</summary>
    public int? Class(int index) => _classes?[index];

    /// <summary>The vector of an image, one-hot for classes.</summary>
    public void Read(int index, Span<float> label)
    {
        if (label.Length != Count)
        {
            throw new ArgumentException($"label: {label.Length} values, not {Count}");
        }

        if (_vectors is not null)
        {
            _vectors[index].CopyTo(label);
            return;
        }

        label.Clear();
        label[_classes![index]] = 1f;
    }
}
