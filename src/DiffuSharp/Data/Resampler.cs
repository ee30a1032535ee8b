namespace DiffuSharp.Data;

/// <summary>
/// Separable resampling with antialiasing, in the conventions of Pillow, which EDM's tool uses:
/// pixel centres at one half, rows first, rounding to 8 bits after each of the two passes.
/// </summary>
public static class Resampler
{
    /// <summary>Resamples to another size; the same size returns the image itself.</summary>
    /// <param name="image">Grey or RGB.</param>
    /// <param name="height">New rows, at least 1.</param>
    /// <param name="width">New columns, at least 1.</param>
    /// <param name="filter">Kernel.</param>
    public static Image Resize(Image image, int height, int width, ResampleFilter filter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (width != image.Shape.Width)
        {
            image = ResizeWidth(image, Windows(image.Shape.Width, width, filter));
        }

        return height == image.Shape.Height ? image : ResizeHeight(image, Windows(image.Shape.Height, height, filter));
    }

    /// <summary>For each new pixel, where its window in the old pixels starts and its weights, which sum to one.</summary>
    internal static (int Start, float[] Weights)[] Windows(int from, int to, ResampleFilter filter)
    {
        var step = (double)from / to;
        var stretch = Math.Max(step, 1.0);
        var radius = stretch * filter switch
        {
            ResampleFilter.Box => 0.5,
            ResampleFilter.Bicubic => 2.0,
            _ => 3.0,
        };
        var windows = new (int, float[])[to];
        for (var i = 0; i < to; i++)
        {
            var centre = (i + 0.5) * step;
            var start = Math.Max(0, (int)(centre - radius + 0.5));
            var end = Math.Min(from, (int)(centre + radius + 0.5));
            double[] weights = [.. Enumerable.Range(start, end - start).Select(j => Kernel((j + 0.5 - centre) / stretch, filter))];
            var sum = weights.Sum();
            windows[i] = (start, Array.ConvertAll(weights, w => (float)(w / sum)));
        }

        return windows;
    }

    private static double Kernel(double x, ResampleFilter filter)
    {
        var a = Math.Abs(x);
        return filter switch
        {
            ResampleFilter.Box => x is > -0.5 and <= 0.5 ? 1.0 : 0.0,
            ResampleFilter.Bicubic when a < 1.0 => (((1.5 * a) - 2.5) * a * a) + 1.0,
            ResampleFilter.Bicubic when a < 2.0 => (((((-0.5 * a) + 2.5) * a) - 4.0) * a) + 2.0,
            ResampleFilter.Lanczos when a < 3.0 => Sinc(x) * Sinc(x / 3.0),
            _ => 0.0,
        };
    }

    private static double Sinc(double x) => x == 0.0 ? 1.0 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static Image ResizeWidth(Image image, (int Start, float[] Weights)[] windows)
    {
        int oldWidth = image.Shape.Width, width = windows.Length;
        var result = new Image(image.Shape with { Width = width });
        var rows = image.Shape.Channels * image.Shape.Height;
        for (var row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> from = image.Pixels.AsSpan(row * oldWidth, oldWidth);
            var to = result.Pixels.AsSpan(row * width, width);
            for (var x = 0; x < width; x++)
            {
                (var start, var weights) = windows[x];
                var sum = 0f;
                for (var k = 0; k < weights.Length; k++)
                {
                    sum += weights[k] * from[start + k];
                }

                to[x] = Round(sum);
            }
        }

        return result;
    }

    private static Image ResizeHeight(Image image, (int Start, float[] Weights)[] windows)
    {
        var width = image.Shape.Width;
        var result = new Image(image.Shape with { Height = windows.Length });
        var sums = new float[width];
        for (var c = 0; c < image.Shape.Channels; c++)
        {
            ReadOnlySpan<byte> from = image.Plane(c);
            var to = result.Plane(c);
            for (var y = 0; y < windows.Length; y++)
            {
                (var start, var weights) = windows[y];
                Array.Clear(sums);
                for (var k = 0; k < weights.Length; k++)
                {
                    var row = from.Slice((start + k) * width, width);
                    for (var x = 0; x < width; x++)
                    {
                        sums[x] += weights[k] * row[x];
                    }
                }

                for (var x = 0; x < width; x++)
                {
                    to[(y * width) + x] = Round(sums[x]);
                }
            }
        }

        return result;
    }

    private static byte Round(float value) => (byte)Math.Clamp(value + 0.5f, 0f, 255f);
}
