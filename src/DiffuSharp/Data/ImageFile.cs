using DiffuSharp.Torch.IO;

namespace DiffuSharp.Data;

/// <summary>Image files on disk.</summary>
public static class ImageFile
{
    private static readonly HashSet<string> s_knownExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".jp2", ".pgm", ".ppm",
    };

    /// <summary>Whether a file name has the extension of an image format that can be read.</summary>
    /// <param name="name">File name.</param>
    public static bool HasImageExtension(string name) => s_knownExtensions.Contains(Path.GetExtension(name));

    /// <summary>Reads an image as 8-bit grey or RGB: 16 bits are rounded and alpha is composited on white.</summary>
    /// <param name="path">File of any known format; what counts is its content.</param>
    /// <exception cref="InvalidDataException">The file is truncated, corrupt or of no known format.</exception>
    /// <exception cref="InvalidInputException">There is no such file.</exception>
    public static Image Read(string path) => PixelConversion.ToImage(ReadRaw(path), out _);

    /// <summary>Reads an image as it is, with its depth and alpha.</summary>
    /// <param name="path">File of any known format; what counts is its content.</param>
    /// <exception cref="InvalidDataException">The file is truncated, corrupt or of no known format.</exception>
    /// <exception cref="InvalidInputException">There is no such file.</exception>
    public static RawImage ReadRaw(string path) => File.Exists(path)
        ? ImageCodecs.Decode(File.ReadAllBytes(path), path)
        : throw new InvalidInputException($"{path}: no such file; check the name");

    /// <summary>Writes an image atomically, in the format of the extension: .png, .pgm (grey) or .ppm (RGB).</summary>
    /// <param name="path">File to create or replace.</param>
    /// <param name="image">Grey or RGB.</param>
    public static void Write(string path, Image image) => Write(path, image.ToRaw());

    /// <summary>Writes an image atomically with its depth and alpha: .png, .pgm (grey) or .ppm (RGB).</summary>
    /// <param name="path">File to create or replace.</param>
    /// <param name="image">Grey, RGB or, in PNG only, RGBA; 8 or 16 bits.</param>
    /// <exception cref="InvalidInputException">The extension is none of the three or does not fit the channels.</exception>
    public static void Write(string path, RawImage image)
    {
        var file = (Path.GetExtension(path).ToUpperInvariant(), image.Channels) switch
        {
            (".PNG", _) => ImageCodecs.EncodePng(image),
            (".PGM", 1) or (".PPM", 3) => PortableAnymap.Encode(image),
            _ => throw new InvalidInputException(
                $"{path}: {image} cannot be written under this extension; use .png, .pgm for grey or .ppm for RGB"),
        };
        AtomicFile.Write(path, stream => stream.Write(file));
    }
}
