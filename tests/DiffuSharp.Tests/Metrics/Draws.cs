using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Metrics;

/// <summary>Random features for the tests of metrics.</summary>
internal static class Draws
{
    /// <summary>Unit normal, float64.</summary>
    public static Tensor Normal(long rows, long columns, ulong seed)
    {
        using var generator = new Generator(seed);
        return torch.randn([rows, columns], generator, ScalarType.Float64);
    }

    /// <summary>A random orthogonal matrix: the eigenvectors of a random symmetric one.</summary>
    public static Tensor Rotation(long size, ulong seed)
    {
        var matrix = Normal(size, size, seed);
        return torch.linalg.eigh(matrix + matrix.transpose(0, 1)).Vectors;
    }

    /// <summary>Statistics of a Gaussian with a diagonal covariance.</summary>
    public static DiffuSharp.Metrics.FeatureStatistics Diagonal(double[] mean, double[] variances)
    {
        using var scope = torch.NewDisposeScope();
        var d = variances.Length;
        var covariance = new double[d * d];
        for (var i = 0; i < d; i++)
        {
            covariance[(i * d) + i] = variances[i];
        }

        return new DiffuSharp.Metrics.FeatureStatistics(torch.tensor(mean), torch.tensor(covariance, [d, d]), null);
    }
}
