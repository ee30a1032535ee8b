namespace DiffuSharp.Data;

/// <summary>
/// Image files in memory, told by their content alone: PNG, PGM and PPM are read here, exactly; JPEG, WebP, GIF and BMP by Skia.
/// Nothing else is opened, whatever a file is called. Safe to call from many threads.
/// </summary>
public static class ImageCodecs
{
    /// <summary>Decodes an image file upright (EXIF orientation is applied), keeping its depth, alpha and channels.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="path">What to call it in messages.</param>
    /// <exception cref="InvalidDataException">The file is truncated, corrupt, larger than is read, or of no format that is read.</exception>
    public static RawImage Decode(ReadOnlySpan<byte> file, string path) =>
        PngFile.Recognises(file) ? PngFile.Decode(file, path)
        : PortableAnymap.Recognises(file) ? PortableAnymap.Decode(file, path)
        : SkiaImageFile.Format(file) is { } format ? SkiaImageFile.Decode(file, format, path)
        : throw new InvalidDataException(
            $"{path}: {(file.IsEmpty ? "is empty" : "is no image in a known format")} (PNG, JPEG, WebP, GIF, BMP, PGM, PPM); replace or remove the file");

    /// <summary>Encodes an image as PNG.</summary>
    /// <param name="image">Grey, RGB or RGBA, 8 or 16 bits.</param>
    /// <param name="level">zlib's level: 0 (stored, fastest, as EDM's data sets are) to 9 (smallest).</param>
    public static byte[] EncodePng(RawImage image, int level = 6) => PngWriter.Encode(image, level);
}
