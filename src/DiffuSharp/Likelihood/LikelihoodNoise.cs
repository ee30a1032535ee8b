using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood;

/// <summary>The draws of a likelihood: a generator for each image, so that they do not depend on the batch.</summary>
internal sealed class LikelihoodNoise : IDisposable
{
    private readonly Generator[] _generators;
    private readonly int _size;

    /// <summary>One generator for each seed (modulo 2³²).</summary>
    public LikelihoodNoise(IEnumerable<long> seeds, int size) =>
        (_generators, _size) = ([.. seeds.Select(seed => new Generator((ulong)seed & uint.MaxValue))], size);

    /// <summary>(u8 + U)/127.5 − 1 of each image.</summary>
    public double[][] Dequantise(byte[][] pixels, Dequantisation dequantisation)
    {
        using var scope = torch.NewDisposeScope();
        var shift = dequantisation == Dequantisation.Above ? 0 : -0.5;
        return [.. pixels.Select((image, i) =>
        {
            var uniform = torch.rand([_size], _generators[i], ScalarType.Float64).ToArray<double>();
            return image.Select((value, j) => ((value + uniform[j] + shift) / 127.5) - 1).ToArray();
        })];
    }

    /// <summary>±1 with equal probability, [images, probes, size], float32.</summary>
    public Tensor Rademacher(int probes)
    {
        using var scope = torch.NewDisposeScope();
        var draws = Array.ConvertAll(_generators, g => torch.randint(0, 2, [probes, _size], g));
        return ((torch.stack(draws) * 2) - 1).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public void Dispose() => Array.ForEach(_generators, generator => generator.Dispose());
}
