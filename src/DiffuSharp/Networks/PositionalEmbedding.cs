using DiffuSharp.Torch;

namespace DiffuSharp.Networks;

/// <summary>Sinusoidal embedding with frequencies from 1 down to 1/10000 (Vaswani et al. 2017, DDPM).</summary>
public sealed class PositionalEmbedding : NoiseEmbedding
{
    private const double MaxPositions = 10000;

    /// <summary>Computes the frequencies.</summary>
    /// <param name="channels">Number of features, even.</param>
    /// <param name="endpoint">Whether the last frequency is exactly 1/10000 (DDPM++) or one step before it (ADM).</param>
    public PositionalEmbedding(int channels, bool endpoint)
    {
        var half = channels / 2;
        double last = endpoint ? half - 1 : half;
        var values = Enumerable.Range(0, half).Select(i => (float)Math.Pow(MaxPositions, -i / last)).ToArray();
        Frequencies = torch.tensor(values).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    protected override Tensor Frequencies { get; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Frequencies.Dispose();
        base.Dispose(disposing);
    }
}
