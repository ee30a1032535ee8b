using System.Runtime.InteropServices;
using SkiaSharp;

namespace DiffuSharp.Data;

/// <summary>JPEG, WebP, GIF and BMP files, decoded by Skia without colour management: the samples are those of the file.</summary>
internal static unsafe class SkiaImageFile
{
    /// <summary>The format that the content says; null for one that is not read by Skia here.</summary>
    public static SKEncodedImageFormat? Format(ReadOnlySpan<byte> file) =>
        file.StartsWith<byte>([0xff, 0xd8, 0xff]) ? SKEncodedImageFormat.Jpeg
        : file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8) ? SKEncodedImageFormat.Webp
        : file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8) ? SKEncodedImageFormat.Gif
        : file.StartsWith("BM"u8) ? SKEncodedImageFormat.Bmp
        : null;

    /// <summary>The first picture of a file, upright.</summary>
    /// <exception cref="InvalidDataException">The file is truncated, corrupt or larger than is read.</exception>
    public static RawImage Decode(ReadOnlySpan<byte> file, SKEncodedImageFormat format, string path)
    {
        if (format == SKEncodedImageFormat.Jpeg)
        {
            JpegMarkers.RequireEnd(file, path);
        }

        fixed (byte* bytes = file)
        {
            using var data = SKData.Create((nint)bytes, file.Length);
            using var codec = SKCodec.Create(data) ?? throw Broken(format, path);
            if (codec.EncodedFormat != format)
            {
                throw Broken(format, path);
            }

            if (ImageLimits.Fault(codec.Info.Width, codec.Info.Height, file.Length) is { } fault)
            {
                throw Error(format, path, fault);
            }

            return Orientation.Apply((int)codec.EncodedOrigin, Pixels(codec, format, path));
        }
    }

    private static RawImage Pixels(SKCodec codec, SKEncodedImageFormat format, string path)
    {
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var isGrey = codec.Info.ColorType == SKColorType.Gray8;
        var stored = isGrey ? 1 : 4;
        var channels = isGrey ? 1 : codec.Info.AlphaType == SKAlphaType.Opaque ? 3 : 4;
        var target = isGrey
            ? new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque)
            : new SKImageInfo(width, height, SKColorType.Rgba8888, channels == 3 ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
        var pixels = (nuint)width * (nuint)height;
        var buffer = (byte*)NativeMemory.AllocZeroed(pixels * (nuint)stored);
        try
        {
            if (codec.GetPixels(target, (nint)buffer) != SKCodecResult.Success)
            {
                throw Broken(format, path);
            }

            var samples = new byte[(long)pixels * channels];
            if (channels == stored)
            {
                new ReadOnlySpan<byte>(buffer, samples.Length).CopyTo(samples);
            }

            var from = buffer;
            for (var to = 0; channels == 3 && to < samples.Length; to += 3, from += 4)
            {
                (samples[to], samples[to + 1], samples[to + 2]) = (from[0], from[1], from[2]);
            }

            return new RawImage(width, height, channels, 8, samples);
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }

    private static InvalidDataException Broken(SKEncodedImageFormat format, string path) => Error(format, path, "is truncated or corrupt");

    private static InvalidDataException Error(SKEncodedImageFormat format, string path, string what) => new(
        $"{path}: the {(format == SKEncodedImageFormat.Webp ? "WebP" : format.ToString().ToUpperInvariant())} {what}; replace or remove the file");
}
