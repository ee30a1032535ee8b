using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood.Codec;

/// <summary>
/// The 256 probabilities of a value given its mean: the normal distribution over bins of half a level to each side (open at
/// the ends), DDPM's discrete decoder (Ho et al. 2020, eq. 13), in whole numbers.
/// </summary>
internal sealed class PixelTable : ICumulativeTable
{
    private const int Levels = 256;
    private const int Scale = 1 << 16;
    private readonly int[] _cumulative;
    private readonly int _start;

    private PixelTable(int[] cumulative, int start) => (_cumulative, _start) = (cumulative, start);

    /// <inheritdoc/>
    public int Count => Levels;

    /// <inheritdoc/>
    public int Total => Scale;

    /// <inheritdoc/>
    public int Cumulative(int symbol) => _cumulative[_start + symbol];

    /// <summary>A table for each value of an image.</summary>
    /// <param name="means">In [−1, 1] units.</param>
    /// <param name="std">In the same unit.</param>
    public static PixelTable[] For(double[] means, double std)
    {
        using var scope = torch.NewDisposeScope();
        var edges = ((torch.arange(0, Levels - 1, ScalarType.Float64) + 0.5) / 127.5) - 1;
        var below = ((edges - torch.tensor(means, [means.Length, 1])) / std).special_ndtr().contiguous().ToArray<double>();
        var cumulative = new int[means.Length * (Levels + 1)];
        for (var i = 0; i < means.Length; i++)
        {
            var row = cumulative.AsSpan(i * (Levels + 1), Levels + 1);
            for (var v = 1; v < Levels; v++)
            {
                row[v] = (int)(below[(i * (Levels - 1)) + v - 1] * (Scale - Levels)) + v; // every value has at least one part
            }

            row[Levels] = Scale;
        }

        return [.. Enumerable.Range(0, means.Length).Select(i => new PixelTable(cumulative, i * (Levels + 1)))];
    }
}
