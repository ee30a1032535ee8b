namespace DiffuSharp.Data;

/// <summary>What turning a file's samples into 8-bit grey or RGB pixels changed.</summary>
[Flags]
public enum ImageChanges
{
    /// <summary>Nothing: every sample is kept.</summary>
    None = 0,

    /// <summary>16-bit samples were rounded to 8 bits: round(v / 257).</summary>
    DepthReduced = 1,

    /// <summary>The image was composited on white with its alpha channel: round(a·v + (1 - a)·255).</summary>
    AlphaComposited = 2,

    /// <summary>Colour became grey by ITU-R BT.601 luma: round(0.299 R + 0.587 G + 0.114 B).</summary>
    ColourRemoved = 4,

    /// <summary>Grey was repeated into three equal channels.</summary>
    GreyRepeated = 8,

    /// <summary>Rows or columns at the borders were cut away.</summary>
    Cropped = 16,

    /// <summary>The image was resampled to fewer pixels.</summary>
    Shrunk = 32,

    /// <summary>The image was resampled to more pixels.</summary>
    Enlarged = 64,

    /// <summary>Black bars were added above and below.</summary>
    Letterboxed = 128,
}
