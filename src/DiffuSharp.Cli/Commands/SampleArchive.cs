using DiffuSharp.Sampling;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Cli.Commands;

/// <summary>Samples as one npz in the layout of ADM's evaluation: <c>arr_0</c> [N,H,W,C], <c>arr_1</c> classes, and <c>class_names</c> and <c>seeds</c>.</summary>
internal sealed class SampleArchive
{
    private readonly string _path;
    private readonly ImageShape _shape;
    private readonly byte[] _pixels;
    private readonly IReadOnlyList<string>? _names;
    private readonly List<long> _seeds = [];
    private readonly List<long> _classes = [];

    /// <summary>Reserves the memory.</summary>
    /// <exception cref="InvalidInputException">The images are too many for one array.</exception>
    public SampleArchive(string path, int images, ImageShape shape, IReadOnlyList<string>? names)
    {
        if ((long)images * shape.Count > Array.MaxLength)
        {
            throw new InvalidInputException($"--npz {path}: {images} images of {shape} are too many for one array; write fewer or leave --npz out");
        }

        (_path, _shape, _names, _pixels) = (path, shape, names, new byte[images * shape.Count]);
    }

    public void Add(IReadOnlyList<GeneratedImage> batch)
    {
        foreach (var (seed, label, image) in batch)
        {
            image.ToRaw().Samples.CopyTo(_pixels, _seeds.Count * _shape.Count);
            _seeds.Add(seed);
            if (label is { } number)
            {
                _classes.Add(number);
            }
        }
    }

    public void Write()
    {
        var arrays = new List<(string Name, NpyValue Value)>
        {
            ("arr_0", NpyArray.Create<byte>(_pixels, _seeds.Count, _shape.Height, _shape.Width, _shape.Channels)),
        };
        if (_classes.Count > 0)
        {
            arrays.Add(("arr_1", NpyArray.Create<long>([.. _classes], _classes.Count)));
            if (_names is not null)
            {
                arrays.Add(("class_names", new NpyStrings([_names.Count], [.. _names])));
            }
        }

        arrays.Add(("seeds", NpyArray.Create<long>([.. _seeds], _seeds.Count)));
        NpzFile.Write(_path, arrays);
    }
}
