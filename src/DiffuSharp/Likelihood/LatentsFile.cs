using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Likelihood;

/// <summary>
/// Latents of images as an npz file: <c>latents</c> float64 [N,C,H,W], <c>sigma_min</c> and <c>sigma_max</c> float64, and <c>labels</c> float32
/// [N, label_dim] where the model has classes.
/// </summary>
/// <param name="Shape">Of an image.</param>
/// <param name="Latents">N·C·H·W values at σ_max.</param>
/// <param name="Labels">N·label_dim values; empty without classes.</param>
/// <param name="Range">σ_min of the images and σ_max of the latents.</param>
public sealed record LatentsFile(ImageShape Shape, double[] Latents, float[] Labels, SigmaRange Range)
{
    private const string LatentsName = "latents";
    private const string LabelsName = "labels";
    private const string SigmaMinName = "sigma_min";
    private const string SigmaMaxName = "sigma_max";

    /// <summary>N.</summary>
    public int Count => Latents.Length / Shape.Count;

    /// <summary>Writes the file atomically.</summary>
    public void Save(string path)
    {
        var arrays = new List<(string, NpyValue)>
        {
            (LatentsName, NpyArray.Create<double>(Latents, Count, Shape.Channels, Shape.Height, Shape.Width)),
            (SigmaMinName, NpyArray.Create<double>([Range.Min])),
            (SigmaMaxName, NpyArray.Create<double>([Range.Max])),
        };
        if (Labels.Length > 0)
        {
            arrays.Add((LabelsName, NpyArray.Create<float>(Labels, Count, Labels.Length / Count)));
        }

        NpzFile.Write(path, arrays);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no file of latents; one line.</exception>
    public static LatentsFile Load(string path)
    {
        using var file = NpzFile.Open(path);
        var latents = Read(file, LatentsName, ScalarType.Float64, 4);
        var labels = file.Contains(LabelsName) ? Read(file, LabelsName, ScalarType.Float32, 2) : null;
        int[] sizes = [.. latents.Shape.Select(size => (int)Math.Min(size, int.MaxValue))];
        if (sizes.Any(size => size == 0) || (labels is not null && labels.Shape[0] != latents.Shape[0]))
        {
            throw new InvalidDataException($"{path}: the arrays have not one entry for each image; write it with 'encode'");
        }

        try
        {
            return new LatentsFile(
                new ImageShape(sizes[1], sizes[2], sizes[3]), latents.AsSpan<double>().ToArray(), labels is null ? [] : labels.AsSpan<float>().ToArray(),
                new SigmaRange(Read(file, SigmaMinName, ScalarType.Float64, 0).AsSpan<double>()[0], Read(file, SigmaMaxName, ScalarType.Float64, 0).AsSpan<double>()[0]));
        }
        catch (InvalidInputException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    private static NpyArray Read(NpzFile file, string name, ScalarType type, int rank)
    {
        var array = file.ReadArray(name);
        return array.Type == type && array.Shape.Length == rank
            ? array
            : throw new InvalidDataException($"{file.Path}: '{name}' is not {type} with {rank} dimensions; write it with 'encode'");
    }
}
