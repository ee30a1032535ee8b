using System.Numerics;
using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood.Codec;

/// <summary>
/// Random candidates that both ends draw alike: z_i[c] = s_c g[i ⊕ c] with unit normal g and signs s. Each candidate is exactly N(0, I); two of
/// them are uncorrelated. Their products with one vector are a convolution, so that all are found in n log n.
/// </summary>
internal sealed class GaussianCodebook
{
    private readonly double[] _normals;
    private readonly sbyte[] _signs;
    private readonly int _candidates;

    /// <summary>Draws a book from the shared generator.</summary>
    public GaussianCodebook(Generator shared, int dimension, int candidates)
    {
        using var scope = torch.NewDisposeScope();
        var length = (long)BitOperations.RoundUpToPowerOf2((uint)Math.Max(dimension, candidates));
        _normals = torch.randn([length], shared, ScalarType.Float64).ToArray<double>();
        _signs = Array.ConvertAll(torch.randint(0, 2, [dimension], shared).ToArray<long>(), bit => (sbyte)((2 * bit) - 1));
        _candidates = candidates;
    }

    /// <summary>The candidate with the largest component along a vector m.</summary>
    public int Farthest(ReadOnlySpan<double> m)
    {
        var products = new double[_normals.Length];
        for (var c = 0; c < m.Length; c++)
        {
            products[c] = _signs[c] * m[c];
        }

        var spectrum = (double[])_normals.Clone();
        WalshHadamard.Transform(products);
        WalshHadamard.Transform(spectrum);
        for (var i = 0; i < products.Length; i++)
        {
            products[i] *= spectrum[i];
        }

        WalshHadamard.Transform(products);
        var best = 0;
        for (var i = 1; i < _candidates; i++)
        {
            best = products[i] > products[best] ? i : best;
        }

        return best;
    }

    /// <summary>target += factor · z_i.</summary>
    public void AddTo(Span<double> target, int candidate, double factor)
    {
        for (var c = 0; c < target.Length; c++)
        {
            target[c] += factor * _signs[c] * _normals[candidate ^ c];
        }
    }
}
