namespace DiffuSharp.Metrics.Resizing;

/// <summary>Bilinear resizing of TensorFlow 1 with its defaults: output pixel i lies at source position i·in/out.</summary>
internal static class Tf1BilinearResize
{
    /// <summary>Weights of the source pixels (columns) for each output pixel (rows).</summary>
    public static float[,] Weights(int from, int to)
    {
        var weights = new float[to, from];
        for (var i = 0; i < to; i++)
        {
            var row = ResizeRow.At((double)i * from / to, from);
            weights[i, row.Lower] += (float)(1 - row.Fraction);
            weights[i, row.Upper] += (float)row.Fraction;
        }

        return weights;
    }
}
