using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Resizing;

/// <summary>Resizes batches of images by one of the published rules. All are separable: one matrix for rows, one for columns.</summary>
public static class ImageResize
{
    private const double Largest = 255;

    /// <summary>Images of another size.</summary>
    /// <param name="images">float32 [N,C,H,W], values 0..255.</param>
    /// <param name="rule">Which rule.</param>
    /// <param name="height">New rows.</param>
    /// <param name="width">New columns.</param>
    /// <returns>float32 [N,C,height,width], not rounded.</returns>
    /// <exception cref="InvalidInputException">The rule is to resize nothing, and the size differs.</exception>
    public static Tensor Apply(Tensor images, ResizeRule rule, int height, int width)
    {
        var (oldHeight, oldWidth) = ((int)images.size(2), (int)images.size(3));
        if (oldHeight == height && oldWidth == width)
        {
            return images.alias();
        }

        if (rule == ResizeRule.None)
        {
            throw new InvalidInputException(
                $"the images are {oldHeight}x{oldWidth}, the feature network takes {height}x{width} and its protocol resizes nothing; resize them or use other features");
        }

        using var scope = torch.NewDisposeScope();
        var columns = Matrix(rule, oldWidth, width).to(images.device);
        var rows = Matrix(rule, oldHeight, height).to(images.device);
        var resized = rows.matmul(images.matmul(columns.transpose(0, 1)));
        return (rule == ResizeRule.CleanBicubic ? resized.clamp(0.0, Largest) : resized).MoveToOuterDisposeScope();
    }

    private static Tensor Matrix(ResizeRule rule, int from, int to)
    {
        var weights = rule switch
        {
            ResizeRule.Tf1Bilinear => Tf1BilinearResize.Weights(from, to),
            ResizeRule.HalfPixelBilinear => HalfPixelBilinearResize.Weights(from, to),
            _ => CleanBicubicResize.Weights(from, to),
        };
        return torch.tensor([.. weights.Cast<float>()], [to, from], ScalarType.Float32);
    }
}
