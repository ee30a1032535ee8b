namespace DiffuSharp.Pipelines;

/// <summary>Seeds of images, one for each: a range <c>0..64</c>, a single number, or a list.</summary>
public sealed class Seeds
{
    private Seeds(IReadOnlyList<long> values) => Values = values;

    /// <summary>The seeds in their order.</summary>
    public IReadOnlyList<long> Values { get; }

    /// <summary>From the first up to, not including, the last: <c>0..64</c> are 64 seeds.</summary>
    /// <exception cref="ArgumentException">An end counts from the back.</exception>
    public static implicit operator Seeds(Range range) => range.Start.IsFromEnd || range.End.IsFromEnd
        ? throw new ArgumentException("seeds: a range must have two ends that count from 0, such as 0..64")
        : new([.. Enumerable.Range(range.Start.Value, Math.Max(0, range.End.Value - range.Start.Value)).Select(seed => (long)seed)]);

    /// <summary>One image.</summary>
    public static implicit operator Seeds(long seed) => new([seed]);

    /// <summary>A list.</summary>
    public static implicit operator Seeds(long[] seeds) => new(seeds);

    /// <summary>A list.</summary>
    public static Seeds Of(IEnumerable<long> seeds) => new([.. seeds]);
}
