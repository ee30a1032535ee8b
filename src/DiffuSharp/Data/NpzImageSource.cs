using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Data;

/// <summary>
/// Samples in the layout of ADM's evaluation, as <c>sample --npz</c> writes it too: <c>arr_0</c> uint8 [N,H,W,C] with 1 or 3 channels and, for samples with
/// classes, <c>arr_1</c> of N whole numbers, whose names stand in <c>class_names</c> where they are known.
/// </summary>
internal sealed class NpzImageSource : IImageSource
{
    private const string ImageArray = "arr_0";
    private const string ClassArray = "arr_1";
    private const string NameArray = "class_names";

    private readonly NpyArray _images;

    /// <summary>Reads the file whole.</summary>
    /// <exception cref="InvalidDataException">It holds no such arrays; one line.</exception>
    public NpzImageSource(string path)
    {
        Path = path;
        using var file = NpzFile.Open(path);
        _images = file.ReadArray(ImageArray);
        if (_images.Type != ScalarType.Byte || _images.Shape.Length != 4 || _images.Shape[3] is not (1 or 3) || _images.Data.Length == 0)
        {
            throw new InvalidDataException($"{path}: {ImageArray} is {Describe(_images)}, not Byte [N,H,W,C] with 1 or 3 channels; write 8-bit images");
        }

        Labels = file.Contains(ClassArray) ? ReadClasses(file.ReadArray(ClassArray), file.Contains(NameArray) ? file.ReadStrings(NameArray).Values : null) : null;
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public int Count => (int)_images.Shape[0];

    public DatasetLabels? Labels { get; }

    public string? LabelFault => null;

    public IReadOnlyList<DatasetProblem> Problems => [];

    /// <summary>Whether a file is named as one.</summary>
    public static bool IsNpz(string path) => string.Equals(System.IO.Path.GetExtension(path), ".npz", StringComparison.OrdinalIgnoreCase);

    public RawImage Read(int index)
    {
        var (height, width, channels) = ((int)_images.Shape[1], (int)_images.Shape[2], (int)_images.Shape[3]);
        var size = height * width * channels;
        return new RawImage(width, height, channels, 8, _images.Data.AsSpan(index * size, size).ToArray());
    }

    public string FileName(int index) => $"{ImageArray}[{index}]";

    public void Dispose()
    {
    }

    private static string Describe(NpyArray array) => $"{array.Type} [{string.Join(',', array.Shape)}]";

    private DatasetLabels ReadClasses(NpyArray array, string[]? names)
    {
        if (array.Shape is not [var count] || count != Count || array.Type is not (ScalarType.Int64 or ScalarType.Int32 or ScalarType.Int16 or ScalarType.Byte))
        {
            throw new InvalidDataException($"{Path}: {ClassArray} is {Describe(array)}, not a whole number for each of the {Count} images; correct it or leave it out");
        }

        using var scope = torch.NewDisposeScope();
        var classes = array.ToTensor().to(ScalarType.Int64).ToArray<long>();
        if (names is not null && classes.Max() >= names.Length)
        {
            throw new InvalidDataException($"{Path}: {ClassArray} has class {classes.Max()}, {NameArray} names {names.Length}; correct one of them");
        }

        return classes.Min() >= 0 && classes.Max() < DatasetLabels.MaximumCount
            ? new DatasetLabels(Array.ConvertAll(classes, k => (int)k), names)
            : throw new InvalidDataException(
                $"{Path}: {ClassArray} holds classes from {classes.Min()} to {classes.Max()}; they must be 0 to {DatasetLabels.MaximumCount - 1}");
    }
}
