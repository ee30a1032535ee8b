namespace DiffuSharp.Data;

/// <summary>A data set whose labels are those of something else that knows its classes.</summary>
public sealed class RelabelledDataset : IImageDataset
{
    private readonly IImageDataset _inner;
    private readonly ClassMap _map;

    private RelabelledDataset(IImageDataset inner, ClassMap map) => (_inner, _map) = (inner, map);

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public int Count => _inner.Count;

    /// <inheritdoc/>
    public ImageShape Shape => _inner.Shape;

    /// <inheritdoc/>
    public int LabelCount => _map.To.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string>? LabelNames => _map.To.Names;

    /// <summary>A data set with the labels of a list of classes.</summary>
    /// <param name="dataset">The data set; the result disposes of it.</param>
    /// <param name="to">The classes that its own become.</param>
    /// <param name="remarks">Told where classes are matched by numbers alone.</param>
    /// <returns>The data set itself where its labels are those already, or where it has none or label vectors of that length.</returns>
    /// <exception cref="InvalidInputException">It has classes that the list does not; one line names one.</exception>
    public static IImageDataset Of(IImageDataset dataset, ClassList to, IProgress<string>? remarks = null)
    {
        if (dataset.LabelCount == 0 || to.Count == 0)
        {
            return dataset;
        }

        // Labels without names may be vectors, which mean nothing at another length.
        if (dataset.LabelNames is null && dataset.LabelCount != to.Count)
        {
            throw new InvalidInputException($"{dataset.Name} has labels of length {dataset.LabelCount}, {to.Owner} needs {to.Count}");
        }

        var map = ClassMap.Match(new ClassList(dataset.Name, dataset.LabelCount, dataset.LabelNames), to);
        if (map.Remark is { } remark)
        {
            remarks?.Report(remark);
        }

        return map.IsIdentity && dataset.LabelCount == to.Count && (to.Names is null || dataset.LabelNames is not null)
            ? dataset
            : new RelabelledDataset(dataset, map);
    }

    /// <inheritdoc/>
    public void ReadImage(int index, Span<byte> chw) => _inner.ReadImage(index, chw);

    /// <inheritdoc/>
    public void ReadLabel(int index, Span<float> label)
    {
        var own = new float[_inner.LabelCount];
        _inner.ReadLabel(index, own);
        label.Clear();
        for (var k = 0; k < own.Length; k++)
        {
            label[_map[k]] = own[k];
        }
    }

    /// <inheritdoc/>
    public string FileName(int index) => _inner.FileName(index);

    /// <inheritdoc/>
    public void Dispose() => _inner.Dispose();
}
