using System.Runtime.ExceptionServices;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics;

/// <summary>
/// Kernel distance (on Inception features the KID of Binkowski et al. 2018): the unbiased estimate of the squared maximum mean discrepancy with
/// the kernel k(x,y) = (x·y/d + 1)³, in float64.
/// </summary>
public static class KernelDistance
{
    private const int Block = 512;

    /// <summary>
    /// The published estimate: the mean over random subsets, drawn without replacement within a subset. As many subsets run at once as libtorch has
    /// threads, since its products of matrices use one each.
    /// </summary>
    /// <param name="generated">[n,d].</param>
    /// <param name="reference">[m,d].</param>
    /// <param name="options">Subsets and seed.</param>
    /// <param name="cancellation">Looked at before each subset.</param>
    /// <exception cref="InvalidInputException">Fewer than two images, other dimensions, or values that are not finite.</exception>
    public static KernelDistanceResult FromSubsets(
        Tensor generated, Tensor reference, KernelDistanceOptions options, CancellationToken cancellation = default)
    {
        options.Validate();
        FeatureChecks.RequirePair(generated, reference, 2, "kid");
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        using var generator = new Generator(options.Seed);
        var size = (int)Math.Min(options.SubsetSize, Math.Min(generated.size(0), reference.size(0)));
        var values = new double[options.Subsets];
        (Tensor X, Tensor Y)[] rows = [.. values.Select(_ => (Draw(generated, size, generator), Draw(reference, size, generator)))];
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = torch.get_num_threads(), CancellationToken = cancellation };
            Parallel.For(0, values.Length, parallel, i =>
            {
                using var inner = torch.NewDisposeScope();
                using var withoutGradients = torch.no_grad(); // Each thread has its own mode.
                values[i] = Unbiased(generated.index_select(0, rows[i].X), reference.index_select(0, rows[i].Y), cancellation);
            });
        }
        catch (AggregateException error) when (error.InnerException is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        var mean = values.Average();
        return new KernelDistanceResult(mean, Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), values.Length, size);
    }

    /// <summary>The estimate from all pairs, in blocks: deterministic and of the least variance.</summary>
    /// <param name="generated">[n,d], n at least 2.</param>
    /// <param name="reference">[m,d], m at least 2.</param>
    /// <param name="cancellation">Looked at before each block.</param>
    /// <exception cref="InvalidInputException">Fewer than two images, other dimensions, or values that are not finite.</exception>
    public static double FromAllPairs(Tensor generated, Tensor reference, CancellationToken cancellation = default)
    {
        FeatureChecks.RequirePair(generated, reference, 2, "kid");
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        return Unbiased(generated, reference, cancellation);
    }

    private static Tensor Draw(Tensor features, int size, Generator generator) =>
        torch.randperm(features.size(0), generator)[..size];

    private static double Unbiased(Tensor x, Tensor y, CancellationToken cancellation)
    {
        double n = x.size(0);
        double m = y.size(0);
        return (Within(x, cancellation) / (n * (n - 1))) + (Within(y, cancellation) / (m * (m - 1)))
            - (2 * Between(x, y, cancellation) / (n * m));
    }

    // Sum over all ordered pairs of different rows; each block above the diagonal stands for two.
    private static double Within(Tensor x, CancellationToken cancellation)
    {
        var blocks = x.split(Block);
        double sum = 0;
        for (var i = 0; i < blocks.Length; i++)
        {
            for (var j = i; j < blocks.Length; j++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = torch.NewDisposeScope();
                var kernel = Kernel(blocks[i], blocks[j]);
                sum += i == j ? (kernel.sum() - kernel.diagonal().sum()).ToDouble() : 2 * kernel.sum().ToDouble();
            }
        }

        return sum;
    }

    private static double Between(Tensor x, Tensor y, CancellationToken cancellation)
    {
        var columns = y.split(Block);
        double sum = 0;
        foreach (var row in x.split(Block))
        {
            foreach (var column in columns)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = torch.NewDisposeScope();
                sum += Kernel(row, column).sum().ToDouble();
            }
        }

        return sum;
    }

    private static Tensor Kernel(Tensor x, Tensor y)
    {
        var product = x.to(ScalarType.Float64).matmul(y.to(ScalarType.Float64).transpose(0, 1));
        return (product.mul_(1.0 / x.size(1)) + 1).pow(3);
    }
}
