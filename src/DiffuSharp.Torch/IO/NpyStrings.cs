namespace DiffuSharp.Torch.IO;

/// <summary>Text of a NumPy file (dtype <c>U</c>): one string or an array of them, row-major.</summary>
public sealed class NpyStrings : NpyValue
{
    /// <summary>An array of strings.</summary>
    /// <param name="shape">Sizes; empty for a scalar.</param>
    /// <param name="values">As many strings as the product of the sizes; not copied. NumPy pads with NUL, so none may end with it.</param>
    /// <exception cref="ArgumentException">The number of strings is another, or one ends with NUL.</exception>
    public NpyStrings(long[] shape, string[] values)
        : base(shape)
    {
        if (shape.Length > ShapeSize.MaximumRank || !ShapeSize.TryGetBytes(shape, 1, out var count) || count != values.Length)
        {
            throw new ArgumentException($"shape {ShapeSize.Format(shape)} does not hold {values.Length} strings", nameof(values));
        }

        if (Array.Exists(values, value => value.EndsWith('\0')))
        {
            throw new ArgumentException("a string that ends with NUL cannot be stored", nameof(values));
        }

        Values = values;
    }

    /// <summary>One string, of shape [].</summary>
    public NpyStrings(string value)
        : this([], [value])
    {
    }

    /// <summary>The strings, row-major.</summary>
    public string[] Values { get; }
}
