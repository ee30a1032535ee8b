namespace DiffuSharp.Data;

/// <summary>Kernels for resampling; all are widened when shrinking, so that nothing aliases.</summary>
public enum ResampleFilter
{
    /// <summary>Average over the pixel's area.</summary>
    Box,

    /// <summary>Keys' cubic convolution with a = -1/2 (Keys 1981).</summary>
    Bicubic,

    /// <summary>Lanczos-windowed sinc with three lobes.</summary>
    Lanczos,
}
