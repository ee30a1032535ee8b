using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>Squared Euclidean distances between rows, in float64 and in blocks of rows.</summary>
internal static class PairwiseDistances
{
    private const int Block = 1024;

    /// <summary>|a − b|² for all pairs, [n,m], not below zero.</summary>
    public static Tensor Squared(Tensor a, Tensor b)
    {
        var norms = a.square().sum([1], keepdim: true) + b.square().sum([1]);
        return norms.add(a.matmul(b.transpose(0, 1)), -2.0).clamp(0.0, double.PositiveInfinity);
    }

    /// <summary>Both sets in float64, moved so that the reference's mean is zero: less cancels in the distances.</summary>
    public static (Tensor Generated, Tensor Reference) Centre(Tensor generated, Tensor reference)
    {
        var points = reference.to(Device.CPU, ScalarType.Float64);
        var mean = points.mean([0]);
        return (generated.to(Device.CPU, ScalarType.Float64) - mean, points - mean);
    }

    /// <summary>Each point's squared distance to its k-th nearest other point of the set, [n].</summary>
    /// <param name="points">[n,d] float64, n above k.</param>
    /// <param name="k">Neighbour, from 1.</param>
    /// <param name="cancellation">Looked at before each block.</param>
    public static Tensor Radii(Tensor points, int k, CancellationToken cancellation)
    {
        using var scope = torch.NewDisposeScope();
        var parts = Array.ConvertAll(points.split(Block), block =>
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = torch.NewDisposeScope();

            // The point itself is the first neighbour.
            return Squared(block, points).kthvalue(k + 1, 1).Values.MoveToOuterDisposeScope();
        });
        return torch.cat(parts).MoveToOuterDisposeScope();
    }

    /// <summary>Goes through the distances of blocks of rows of <paramref name="a"/> to all of <paramref name="b"/>.</summary>
    public static void ForEachBlock(Tensor a, Tensor b, Action<int, Tensor> visit, CancellationToken cancellation)
    {
        for (var start = 0; start < a.size(0); start += Block)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            visit(start, Squared(a[start..(int)Math.Min(start + Block, a.size(0))], b));
        }
    }
}
