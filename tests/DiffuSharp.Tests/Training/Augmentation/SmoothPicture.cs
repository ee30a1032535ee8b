using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Training.Augmentation;

/// <summary>Pictures that are known between the pixels too, so that exact results of a map can be written down.</summary>
internal static class SmoothPicture
{
    /// <summary>A blob of unit height and the given width at (x, y) from the centre, in pixels; x right, y down.</summary>
    public static double Blob(double x, double y, double centerX, double centerY, double std) =>
        Math.Exp(-0.5 * (((x - centerX) * (x - centerX)) + ((y - centerY) * (y - centerY))) / (std * std));

    /// <summary>Two blobs without any symmetry.</summary>
    public static double Asymmetric(double x, double y) => Blob(x, y, 5, -3, 4) - (0.6 * Blob(x, y, -4, 2, 5));

    /// <summary>[1,1,size,size] of a function of the position about the centre.</summary>
    public static Tensor Draw(int size, Func<double, double, double> value) => Draw(size, size, value);

    /// <summary>[1,1,height,width] of a function of the position about the centre.</summary>
    public static Tensor Draw(int width, int height, Func<double, double, double> value)
    {
        var pixels = new float[width * height];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (float)value((i % width) - (0.5 * (width - 1)), (i / width) - (0.5 * (height - 1)));
        }

        return tensor(pixels, [1, 1, height, width]);
    }

    /// <summary>Largest difference of two pictures, leaving out a border.</summary>
    public static double Difference(Tensor a, Tensor b, int border)
    {
        var (height, width) = (a.size(2), a.size(3));
        return (a - b).narrow(2, border, height - (2 * border)).narrow(3, border, width - (2 * border)).abs().max().ToDouble();
    }
}
