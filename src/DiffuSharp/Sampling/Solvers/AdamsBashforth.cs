namespace DiffuSharp.Sampling.Solvers;

/// <summary>The coefficients of Adams-Bashforth methods with equal steps.</summary>
internal static class AdamsBashforth
{
    private static readonly double[][] s_coefficients =
    [
        [1],
        [3 / 2.0, -1 / 2.0],
        [23 / 12.0, -16 / 12.0, 5 / 12.0],
        [55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0],
    ];

    /// <summary>The highest order.</summary>
    public static int HighestOrder => s_coefficients.Length;

    /// <summary>The slope of a step from the last <paramref name="order"/> slopes.</summary>
    /// <param name="slopes">All slopes so far, the latest last.</param>
    /// <param name="order">From 1 to <see cref="HighestOrder"/>, at most the number of slopes.</param>
    public static LinearExpression Slope(IReadOnlyList<LinearExpression> slopes, int order)
    {
        var coefficients = s_coefficients[order - 1];
        var sum = coefficients[0] * slopes[^1];
        for (var k = 1; k < order; k++)
        {
            sum += coefficients[k] * slopes[^(k + 1)];
        }

        return sum;
    }
}
