using DiffuSharp.Torch;

namespace DiffuSharp.Networks;

/// <summary>Random Fourier features of c_noise (Tancik et al. 2020, NCSN++); the frequencies are saved with the model.</summary>
public sealed class FourierEmbedding : NoiseEmbedding
{
    private const double Scale = 16;
    private readonly Tensor _freqs;

    /// <summary>Draws the frequencies.</summary>
    public FourierEmbedding(int channels, Generator generator) =>
        _freqs = register_buffer("freqs", torch.randn([channels / 2], generator) * Scale);

    /// <inheritdoc/>
    protected override Tensor Frequencies => _freqs * (2 * Math.PI);
}
