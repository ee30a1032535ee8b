using DiffuSharp.Data;

namespace DiffuSharp.Metrics.Resizing;

/// <summary>Pillow's bicubic resizing of floating-point images: Keys' kernel (a = −½), widened when shrinking.</summary>
internal static class CleanBicubicResize
{
    /// <summary>Weights of the source pixels (columns) for each output pixel (rows).</summary>
    public static float[,] Weights(int from, int to)
    {
        var weights = new float[to, from];
        var windows = Resampler.Windows(from, to, ResampleFilter.Bicubic);
        for (var i = 0; i < to; i++)
        {
            var (start, taps) = windows[i];
            for (var k = 0; k < taps.Length; k++)
            {
                weights[i, start + k] = taps[k];
            }
        }

        return weights;
    }
}
