namespace DiffuSharp.Torch.IO;

/// <summary>Reads and writes npy files: one NumPy array each.</summary>
public static class NpyFile
{
    /// <summary>
    /// Reads an array: versions 1.0 to 3.0, C or Fortran order (given back in C order), little-endian booleans, integers
    /// (signed, or unsigned bytes), floats and text.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file breaks the format, holds more than one array or more than 2 GB, or has
    /// another element type. Objects are refused: to read them means to run code from the file.</exception>
    public static NpyValue Read(string path)
    {
        using var stream = new FileStream(InputFile.Open(path), FileAccess.Read, bufferSize: 0);
        return NpyFormat.Read(stream, stream.Length, path);
    }

    /// <summary>Reads an array of numbers or booleans.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">As for <see cref="Read"/>, or the file holds text.</exception>
    public static NpyArray ReadArray(string path) => Read(path) as NpyArray
        ?? throw InvalidFile.Error(path, "holds text instead of numbers", "check that this is the file you meant");

    /// <summary>Reads text.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">As for <see cref="Read"/>, or the file holds numbers.</exception>
    public static NpyStrings ReadStrings(string path) => Read(path) as NpyStrings
        ?? throw InvalidFile.Error(path, "holds numbers instead of text", "check that this is the file you meant");

    /// <summary>Writes an array atomically, in version 1.0 and C order.</summary>
    /// <param name="path">File to create or replace; its folder is made if it is not there.</param>
    /// <exception cref="ArgumentException">A string is no valid Unicode.</exception>
    public static void Write(string path, NpyValue value) => AtomicFile.Write(path, stream => NpyFormat.Write(stream, value));
}
