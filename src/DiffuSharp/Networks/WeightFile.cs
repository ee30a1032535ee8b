using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Networks;

/// <summary>Weights without a description: a safetensors file or a zip file of <c>torch.save</c>, told apart by their first bytes.</summary>
public static class WeightFile
{
    /// <summary>Reads the tensors whose names start with a prefix, without it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="prefix">For example <c>ema.</c>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is neither, or damaged; one line.</exception>
    public static Dictionary<string, Tensor> Read(string path, string prefix = "")
    {
        if (!IsZip(path))
        {
            using var file = SafetensorsFile.Open(path);
            return file.ReadTensors(prefix);
        }

        using var archive = TorchArchive.Open(path);
        return archive.ReadTensors(prefix);
    }

    /// <summary>Whether a file begins as zip files do.</summary>
    internal static bool IsZip(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using var stream = File.OpenRead(path);
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("PK\u0003\u0004"u8);
    }
}
