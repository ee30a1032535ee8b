namespace DiffuSharp.Torch.IO;

/// <summary>Knows files of Python's <c>pickle</c> by their first bytes, so that they can be refused with advice.</summary>
internal static class PickleSignature
{
    private const byte Protocol = 0x80;
    private const byte FirstProtocol = 2;
    private const byte LastProtocol = 5;

    // How torch.save began its files before the zip form: protocol 2, then a LONG1 of 10 bytes, the first of its magic number.
    private static ReadOnlySpan<byte> LegacyTorch => [Protocol, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46];

    /// <summary>Throws if a file begins as pickles do.</summary>
    /// <param name="path">The file.</param>
    /// <param name="start">Its first 8 bytes.</param>
    /// <exception cref="InvalidDataException">It is a pickle; the line says what to do with it.</exception>
    public static void Refuse(string path, ReadOnlySpan<byte> start)
    {
        if (start.SequenceEqual(LegacyTorch))
        {
            throw InvalidFile.Error(path, "is a file of torch.save in the form before PyTorch 1.6", "load it there and save it again with PyTorch 1.6 or newer");
        }

        if (start[0] == Protocol && start[1] is >= FirstProtocol and <= LastProtocol)
        {
            throw InvalidFile.Error(
                path, "is a Python pickle, which can hold code and is never opened",
                "export a network of EDM with tools/export_edm_pickle.py, save other weights with torch.save or as safetensors");
        }
    }
}
