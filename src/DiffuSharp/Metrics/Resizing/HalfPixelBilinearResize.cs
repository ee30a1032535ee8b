namespace DiffuSharp.Metrics.Resizing;

/// <summary>Bilinear resizing with pixel centres at one half: output pixel i lies at source position (i + ½)·in/out − ½.</summary>
internal static class HalfPixelBilinearResize
{
    /// <summary>Weights of the source pixels (columns) for each output pixel (rows).</summary>
    public static float[,] Weights(int from, int to)
    {
        var weights = new float[to, from];
        for (var i = 0; i < to; i++)
        {
            var row = ResizeRow.At(((i + 0.5) * from / to) - 0.5, from);
            weights[i, row.Lower] += (float)(1 - row.Fraction);
            weights[i, row.Upper] += (float)row.Fraction;
        }

        return weights;
    }
}
