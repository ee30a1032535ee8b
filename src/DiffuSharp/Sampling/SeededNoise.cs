using DiffuSharp.Torch;

namespace DiffuSharp.Sampling;

/// <summary>
/// One generator for each image, seeded by the image's seed: the same seed gives the same draws in any batch and order. Drawn on
/// the CPU in the order latents, class, then one draw for each noisy row.
/// </summary>
public sealed class SeededNoise : INoiseSource, IDisposable
{
    private readonly Generator[] _generators;
    private readonly long[] _shape;

    /// <summary>One generator for each seed (modulo 2³²).</summary>
    /// <param name="seeds">Seeds of the images.</param>
    /// <param name="shape">Size of an image.</param>
    public SeededNoise(IEnumerable<long> seeds, ImageShape shape)
    {
        _generators = [.. seeds.Select(seed => new Generator((ulong)seed & uint.MaxValue))];
        _shape = [shape.Channels, shape.Height, shape.Width];
    }

    /// <inheritdoc/>
    public Tensor Next()
    {
        using var scope = torch.NewDisposeScope();
        var draws = Array.ConvertAll(_generators, generator => torch.randn(_shape, generator, ScalarType.Float64));
        return torch.stack(draws).MoveToOuterDisposeScope();
    }

    /// <summary>A class for each image, uniform.</summary>
    /// <param name="classes">Number of classes.</param>
    public long[] NextClasses(int classes)
    {
        using var scope = torch.NewDisposeScope();
        return Array.ConvertAll(_generators, generator => torch.randint(0, classes, [1], generator).item<long>());
    }

    /// <summary>Frees the generators.</summary>
    public void Dispose()
    {
        foreach (var generator in _generators)
        {
            generator.Dispose();
        }
    }
}
