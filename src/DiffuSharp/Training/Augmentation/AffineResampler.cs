using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Training.Augmentation;

/// <summary>
/// Affine maps of images without aliasing: reflected margins, refinement by two with the sym6 low-pass filter, bilinear samples
/// (zero outside), sym6 reduction (EDM, appendix F.2). The separable filters are products with small matrices that include the
/// margins and the final cut.
/// </summary>
internal static class AffineResampler
{
    /// <summary>The images under the maps, one each.</summary>
    /// <param name="images">[N,C,H,W], float32.</param>
    /// <param name="inverse">From points of the result to points of the picture, in pixels about the centre.</param>
    /// <returns>[N,C,H,W].</returns>
    public static Tensor Resample(Tensor images, ReadOnlySpan<AffineMatrix> inverse)
    {
        using var scope = NewDisposeScope();
        var (channels, height, width) = ((int)images.size(1), (int)images.size(2), (int)images.size(3));
        var margins = Margins(inverse, width, height);
        long[] refined = [2 * (height + margins.Top + margins.Bottom), 2 * (width + margins.Left + margins.Right)];
        long[] sampled = [2 * (height + (2 * Symlet6.Reach)), 2 * (width + (2 * Symlet6.Reach))];
        var device = images.device;

        var theta = tensor(Theta(inverse, refined, sampled, margins), [inverse.Length, 2, 3], device: device);
        var picture = Matrix(Symlet6.Refinement(height, margins.Top, margins.Bottom), refined[0])
            .matmul(images.matmul(Matrix(Symlet6.Refinement(width, margins.Left, margins.Right), refined[1]).transpose(0, 1)));
        var moved = grid_sample(picture, affine_grid(theta, [inverse.Length, channels, .. sampled]));
        return Matrix(Symlet6.Reduction(height), height)
            .matmul(moved.matmul(Matrix(Symlet6.Reduction(width), width).transpose(0, 1)))
            .MoveToOuterDisposeScope();

        Tensor Matrix(float[] values, long rows) => tensor(values, [rows, values.Length / rows], device: device);
    }

    // The pixels beyond the picture that any image of the batch needs, at most all that reflection gives.
    private static (int Left, int Right, int Top, int Bottom) Margins(ReadOnlySpan<AffineMatrix> inverse, int width, int height)
    {
        // How far around a sample the refinement looks: its filter and half a pixel of the bilinear sample.
        const double Around = Symlet6.Reach + 0.5;

        // The last pixel of the picture about its centre, and the last one that the reduction looks at.
        var (right, bottom) = (0.5 * (width - 1), 0.5 * (height - 1));
        var (x, y) = (right + Symlet6.Reach, bottom + Symlet6.Reach);
        var (minX, maxX, minY, maxY) = (0.0, 0.0, 0.0, 0.0);
        foreach (var map in inverse)
        {
            var (reachX, reachY) = (Math.Abs(map.XX * x) + Math.Abs(map.XY * y), Math.Abs(map.YX * x) + Math.Abs(map.YY * y));
            (minX, maxX) = (Math.Min(minX, map.X - reachX), Math.Max(maxX, map.X + reachX));
            (minY, maxY) = (Math.Min(minY, map.Y - reachY), Math.Max(maxY, map.Y + reachY));
        }

        return (
            Margin(-minX - right, width),
            Margin(maxX - right, width),
            Margin(-minY - bottom, height),
            Margin(maxY - bottom, height));

        static int Margin(double beyond, int size) => (int)Math.Clamp(Math.Ceiling(beyond + Around), 0, size - 1);
    }

    // The maps between the coordinates of the two refined grids whose edges are at ±1.
    private static float[] Theta(
        ReadOnlySpan<AffineMatrix> inverse, long[] refined, long[] sampled, (int Left, int Right, int Top, int Bottom) margins)
    {
        var shift = 0.5 * Symlet6.Offset;  // refined pixels are half as large
        var toPixels = AffineMatrix.Translation(-shift, -shift) * AffineMatrix.Scale(sampled[1] / 4.0, sampled[0] / 4.0);
        var fromPixels = AffineMatrix.Scale(4.0 / refined[1], 4.0 / refined[0])
            * AffineMatrix.Translation(
                shift + (0.5 * (margins.Left - margins.Right)), shift + (0.5 * (margins.Top - margins.Bottom)));
        var theta = new List<float>(6 * inverse.Length);
        foreach (var map in inverse)
        {
            var t = fromPixels * map * toPixels;
            theta.AddRange([(float)t.XX, (float)t.XY, (float)t.X, (float)t.YX, (float)t.YY, (float)t.Y]);
        }

        return [.. theta];
    }
}
