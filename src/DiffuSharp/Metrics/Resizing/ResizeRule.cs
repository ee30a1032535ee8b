using System.Text.Json.Serialization;

namespace DiffuSharp.Metrics.Resizing;

/// <summary>The ways in which published feature networks get their input size. They give different numbers: never mix them.</summary>
public enum ResizeRule
{
    /// <summary>No resizing; images must have the network's size.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>TensorFlow 1 bilinear: source = i·in/out, without half-pixel centres and without antialiasing (EDM, ADM, torch-fidelity).</summary>
    [JsonStringEnumMemberName("tf1-bilinear")]
    Tf1Bilinear,

    /// <summary>Bilinear with half-pixel centres, without antialiasing (pytorch-fid).</summary>
    [JsonStringEnumMemberName("half-pixel-bilinear")]
    HalfPixelBilinear,

    /// <summary>Pillow's antialiased bicubic in floating point, clipped to 0..255 and not rounded (clean-fid).</summary>
    [JsonStringEnumMemberName("clean-bicubic")]
    CleanBicubic,
}
