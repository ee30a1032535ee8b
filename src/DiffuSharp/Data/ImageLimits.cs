namespace DiffuSharp.Data;

/// <summary>How large an image file may say it is, so that a few bytes cannot take the memory of many pixels.</summary>
internal static class ImageLimits
{
    /// <summary>Pixels that any file may have: 4096 by 4096.</summary>
    public const long Pixels = 4096 * 4096;

    /// <summary>Pixels for each byte of a file that has more than <see cref="Pixels"/>; photographs have at most 8.</summary>
    public const long PixelsPerByte = 16;

    /// <summary>What is wrong with a size, to be asked before memory is taken for it; null if nothing is.</summary>
    public static string? Fault(long width, long height, int fileLength) =>
        width * height is var pixels && pixels <= Math.Max(Pixels, PixelsPerByte * fileLength) && pixels <= Array.MaxLength / 8
            ? null
            : $"claims {width}x{height} pixels, more than is read from {fileLength} bytes";
}
