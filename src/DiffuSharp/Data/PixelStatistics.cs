namespace DiffuSharp.Data;

/// <summary>Exact mean and standard deviation of each channel, from a histogram of the 256 values.</summary>
internal sealed class PixelStatistics(ImageShape shape)
{
    private readonly long[,] _histogram = new long[shape.Channels, 256];

    public ImageShape Shape => shape;

    public IReadOnlyList<double> Mean => [.. Enumerable.Range(0, shape.Channels).Select(c => Moments(c).Mean)];

    public IReadOnlyList<double> StandardDeviation =>
        [.. Enumerable.Range(0, shape.Channels).Select(c => Math.Sqrt(Moments(c).Variance))];

    public void Add(Image image)
    {
        for (var c = 0; c < shape.Channels; c++)
        {
            foreach (var value in image.Plane(c))
            {
                _histogram[c, value]++;
            }
        }
    }

    private (double Mean, double Variance) Moments(int channel)
    {
        double count = 0, sum = 0, squares = 0;
        for (var v = 0; v < 256; v++)
        {
            double n = _histogram[channel, v];
            count += n;
            sum += n * v;
            squares += n * v * v;
        }

        var mean = sum / count;
        return ((mean / 127.5) - 1, ((squares / count) - (mean * mean)) / (127.5 * 127.5));
    }
}
