using System.Runtime.InteropServices;

namespace DiffuSharp.Data;

/// <summary>
/// Image files in memory. PGM, PPM and PNG are read here; everything else (JPEG, WebP, BMP, TIFF, JPEG 2000) goes through the
/// native codecs over OpenCV's imgcodecs. EXIF orientation is not applied. Safe to call from many threads.
/// </summary>
public static unsafe class ImageCodecs
{
    private const int ErrorCapacity = 512;

    /// <summary>Whether the native codecs can be loaded (environment variable DIFFUSHARP_NATIVE, else beside the program).</summary>
    public static bool IsAvailable => CodecsLibrary.IsAvailable;

    /// <summary>Version and formats of the native codecs, or what to install to have them.</summary>
    public static string Description =>
        IsAvailable ? Marshal.PtrToStringUTF8((nint)CodecsLibrary.Description()) ?? "" : NotInstalled("PNG and JPEG files");

    /// <summary>Decodes an image file, keeping its depth, alpha and channels.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="path">What to call it in messages.</param>
    /// <exception cref="InvalidDataException">The file is truncated, corrupt or of no known format.</exception>
    /// <exception cref="CodecsUnavailableException">The format needs the native codecs and they are not installed.</exception>
    public static RawImage Decode(ReadOnlySpan<byte> file, string path)
    {
        if (PortableAnymap.Recognises(file))
        {
            return PortableAnymap.Decode(file, path);
        }

        if (PngFile.Recognises(file))
        {
            return PngFile.Decode(file, path);
        }

        RequireCodecs(path);
        var error = stackalloc byte[ErrorCapacity];
        CodecsLibrary.NativeImage native;
        fixed (byte* bytes = file)
        {
            if (CodecsLibrary.Decode(bytes, (nuint)file.Length, &native, error, ErrorCapacity) != 0)
            {
                throw new InvalidDataException($"{path}: {Text(error)}; replace or remove the file");
            }
        }

        try
        {
            if (native.Length > (nuint)Array.MaxLength)
            {
                throw new InvalidDataException($"{path}: {native.Width}x{native.Height} pixels are too many; use a smaller image");
            }

            var samples = new ReadOnlySpan<byte>(native.Samples, (int)native.Length).ToArray();
            return new RawImage(native.Width, native.Height, native.Channels, native.Bits, samples);
        }
        finally
        {
            CodecsLibrary.Free(native.Samples);
        }
    }

    /// <summary>Encodes an image as PNG.</summary>
    /// <param name="image">Grey, RGB or RGBA, 8 or 16 bits.</param>
    /// <param name="level">zlib's level: 0 (stored, fastest, as EDM's data sets are) to 9 (smallest).</param>
    /// <exception cref="CodecsUnavailableException">The native codecs are not installed.</exception>
    public static byte[] EncodePng(RawImage image, int level = 6)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, 9);
        RequireCodecs("a PNG file");
        var error = stackalloc byte[ErrorCapacity];
        byte* file;
        nuint length;
        fixed (byte* samples = image.Samples)
        {
            var native = new CodecsLibrary.NativeImage
            {
                Width = image.Width,
                Height = image.Height,
                Channels = image.Channels,
                Bits = image.BitDepth,
                Samples = samples,
                Length = (nuint)image.Samples.Length,
            };
            if (CodecsLibrary.EncodePng(&native, level, &file, &length, error, ErrorCapacity) != 0)
            {
                throw new InvalidOperationException($"PNG encoding failed: {Text(error)}");
            }
        }

        try
        {
            return new ReadOnlySpan<byte>(file, checked((int)length)).ToArray();
        }
        finally
        {
            CodecsLibrary.Free(file);
        }
    }

    private static void RequireCodecs(string what)
    {
        if (!IsAvailable)
        {
            throw new CodecsUnavailableException(NotInstalled(what));
        }
    }

    private static string NotInstalled(string what) =>
        $"{what} needs the image codecs, which are not built here: install OpenCV (Debian: libopencv-imgcodecs-dev) and build again, "
        + "or set DIFFUSHARP_NATIVE to the folder of the native libraries; PGM and PPM files work without";

    private static string Text(byte* error) => Marshal.PtrToStringUTF8((nint)error) ?? "unknown error";
}
