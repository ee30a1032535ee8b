using System.Runtime.InteropServices;

namespace DiffuSharp.Data;

/// <summary>An image as its file has it: rows of interleaved samples without gaps, 8 or 16 bits, with or without alpha.</summary>
public sealed class RawImage
{
    /// <summary>Wraps samples without copying them.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 grey, 3 RGB, 4 RGBA.</param>
    /// <param name="bitDepth">8 or 16.</param>
    /// <param name="samples">Height·width·channels samples; 16-bit samples in the machine's byte order.</param>
    public RawImage(int width, int height, int channels, int bitDepth, byte[] samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3 or 4))
        {
            throw new ArgumentException("channels: 1, 3 or 4");
        }

        if (bitDepth is not (8 or 16))
        {
            throw new ArgumentException("bit depth: 8 or 16");
        }

        if (samples.LongLength != (long)width * height * channels * (bitDepth / 8))
        {
            throw new ArgumentException("samples: not the size of the image");
        }

        (Width, Height, Channels, BitDepth, Samples) = (width, height, channels, bitDepth, samples);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>1 grey, 3 RGB, 4 RGBA.</summary>
    public int Channels { get; }

    /// <summary>Bits per sample: 8 or 16.</summary>
    public int BitDepth { get; }

    /// <summary>Whether there is an alpha channel.</summary>
    public bool HasAlpha => Channels == 4;

    /// <summary>The samples' bytes, row by row, interleaved.</summary>
    public byte[] Samples { get; }

    /// <summary>The samples of a 16-bit image.</summary>
    public Span<ushort> Samples16 => BitDepth == 16
        ? MemoryMarshal.Cast<byte, ushort>(Samples.AsSpan())
        : throw new InvalidOperationException("an 8-bit image has no 16-bit samples");

    /// <summary>For messages: "640x480 RGBA, 16-bit".</summary>
    public override string ToString() =>
        $"{Width}x{Height} {(Channels switch { 1 => "grey", 3 => "RGB", _ => "RGBA" })}, {BitDepth}-bit";
}
