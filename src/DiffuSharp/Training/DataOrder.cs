using DiffuSharp.Torch;

namespace DiffuSharp.Training;

/// <summary>
/// The endless order in which images are seen: epoch e is a random order of all images from (seed, e), so any position is found
/// without what came before.
/// </summary>
/// <param name="count">Images of the data set.</param>
/// <param name="seed">Seed of the run.</param>
internal sealed class DataOrder(int count, int seed)
{
    private long[] _permutation = [];
    private long _epoch = -1;

    /// <summary>Indices of the images at positions [position, position + length).</summary>
    public long[] Indices(long position, int length)
    {
        var indices = new long[length];
        for (var i = 0; i < length; i++)
        {
            var (epoch, offset) = Math.DivRem(position + i, count);
            if (epoch != _epoch)
            {
                using var generator = new Generator(SeedMix.ForOrder(seed, epoch));
                using var order = torch.randperm(count, generator);
                (_permutation, _epoch) = (order.ToArray<long>(), epoch);
            }

            indices[i] = _permutation[offset];
        }

        return indices;
    }
}
