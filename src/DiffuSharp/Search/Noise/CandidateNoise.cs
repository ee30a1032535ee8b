using DiffuSharp.Torch;

namespace DiffuSharp.Search.Noise;

/// <summary>
/// All random numbers of one candidate as a recipe: the prior's draw and one draw for each noisy row. Nothing is stored; drawing again gives the
/// same numbers.
/// </summary>
public abstract record CandidateNoise
{
    /// <summary>The draws in a sampler's order, without end: [C,H,W], float64, CPU; each belongs to the scope of whoever asks for it.</summary>
    /// <param name="shape">Size of an image.</param>
    public abstract IEnumerable<Tensor> Draws(ImageShape shape);

    /// <summary>How the noise came about, for the ledger, such as <c>seed 5 / neighbour 0.95 #3.1</c>.</summary>
    public abstract string Path { get; }

    /// <summary>Unit normal numbers of an address as an image.</summary>
    public static Tensor Normal(ulong key, ImageShape shape)
    {
        var values = new double[shape.Count];
        NoiseAddress.Normal(key, values);
        return torch.tensor(values, [shape.Channels, shape.Height, shape.Width]);
    }

    /// <summary>Unit normal numbers of several addresses as a batch.</summary>
    public static Tensor Normal(IReadOnlyList<ulong> keys, ImageShape shape)
    {
        var values = new double[keys.Count * shape.Count];
        for (var i = 0; i < keys.Count; i++)
        {
            NoiseAddress.Normal(keys[i], values.AsSpan(i * shape.Count, shape.Count));
        }

        return torch.tensor(values, [keys.Count, shape.Channels, shape.Height, shape.Width]);
    }
}
