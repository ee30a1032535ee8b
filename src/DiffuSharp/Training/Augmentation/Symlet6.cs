namespace DiffuSharp.Training.Augmentation;

/// <summary>
/// The least asymmetric wavelet of Daubechies with six vanishing moments (sym6), as low-pass filter between a line of n pixels
/// and its refinement to 2n. Up and down are transposes of each other, so that down after up is the identity.
/// </summary>
internal static class Symlet6
{
    /// <summary>Pixels to each side of a point that one of the two directions touches at most.</summary>
    public const int Reach = 3;

    // Tap that lies on the pixel itself.
    private const int Origin = 5;

    private static readonly double[] s_taps =
    [
        0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633,
        0.4910559419267466, 0.787641141030194, 0.3379294217276218, -0.07263752278646252,
        -0.021060292512300564, 0.04472490177066578, 0.0017677118642428036, -0.007800708325034148,
    ];

    /// <summary>The scaling filter: 12 numbers with sum √2 and unit norm.</summary>
    public static ReadOnlySpan<double> Taps => s_taps;

    /// <summary>
    /// How far, in refined pixels, the filter moves a picture against the grid in which pixel m covers 2m and 2m + 1: its
    /// centre of mass less 5.5.
    /// </summary>
    public static double Offset { get; } = (s_taps.Select((tap, k) => k * tap).Sum() / s_taps.Sum()) - Origin - 0.5;

    /// <summary>The matrix [2 (before + n + after), n] that extends a line by reflection and refines it.</summary>
    /// <param name="n">Pixels of the line.</param>
    /// <param name="before">Reflected pixels before the line, below n.</param>
    /// <param name="after">Reflected pixels after the line, below n.</param>
    public static float[] Refinement(int n, int before, int after)
    {
        var padded = before + n + after;
        var matrix = new float[2 * padded * n];
        for (var m = 0; m < padded; m++)
        {
            var pixel = Math.Abs(m - before);
            pixel = pixel < n ? pixel : (2 * (n - 1)) - pixel;
            for (var k = 0; k < s_taps.Length; k++)
            {
                var row = (2 * m) + k - Origin;
                if (row >= 0 && row < 2 * padded)
                {
                    matrix[(row * n) + pixel] += (float)s_taps[k];
                }
            }
        }

        return matrix;
    }

    /// <summary>The matrix [n, 2 (n + 2 Reach)] that reduces a refined line, longer by the reach at both ends.</summary>
    /// <param name="n">Pixels of the line.</param>
    public static float[] Reduction(int n)
    {
        var refined = 2 * (n + (2 * Reach));
        var matrix = new float[n * refined];
        for (var m = 0; m < n; m++)
        {
            for (var k = 0; k < s_taps.Length; k++)
            {
                matrix[(m * refined) + (2 * (m + Reach)) + k - Origin] = (float)s_taps[k];
            }
        }

        return matrix;
    }
}
