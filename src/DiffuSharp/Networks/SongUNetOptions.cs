namespace DiffuSharp.Networks;

/// <summary>Options of the DDPM++ and NCSN++ networks (Song et al. 2021, with EDM's changes).</summary>
public sealed record SongUNetOptions : EdmNetworkOptions
{
    /// <inheritdoc/>
    public override int ModelChannels { get; init; } = 128;

    /// <inheritdoc/>
    public override IReadOnlyList<int> ChannelMult { get; init; } = [1, 2, 2, 2];

    /// <inheritdoc/>
    public override int NumBlocks { get; init; } = 4;

    /// <inheritdoc/>
    public override IReadOnlyList<int> AttnResolutions { get; init; } = [16];

    /// <summary>Width of the noise embedding over <see cref="ModelChannels"/>: 1 in DDPM++, 2 in NCSN++.</summary>
    public int ChannelMultNoise { get; init; } = 1;

    /// <summary><c>positional</c> (DDPM++) or <c>fourier</c> (NCSN++).</summary>
    public string EmbeddingType { get; init; } = "positional";

    /// <summary><c>standard</c> (DDPM++), <c>residual</c> (NCSN++) or <c>skip</c>.</summary>
    public string EncoderType { get; init; } = "standard";

    /// <summary><c>standard</c> or <c>skip</c>.</summary>
    public string DecoderType { get; init; } = "standard";

    /// <summary>Taps of the resampling filter: [1, 1] (DDPM++) or [1, 3, 3, 1] (NCSN++).</summary>
    public IReadOnlyList<int> ResampleFilter { get; init; } = [1, 1];

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Require(EmbeddingType is "positional" or "fourier", $"embedding_type '{EmbeddingType}' must be positional or fourier");
        Require(EncoderType is "standard" or "residual" or "skip", $"encoder_type '{EncoderType}' must be standard, residual or skip");
        Require(DecoderType is "standard" or "skip", $"decoder_type '{DecoderType}' must be standard or skip");
        Require(ChannelMultNoise is >= 1 and <= 16, $"channel_mult_noise {ChannelMultNoise} must be positive");
        Require(
            ResampleFilter.Count is >= 2 and <= 16 && ResampleFilter.Count % 2 == 0 && ResampleFilter.Sum(tap => (long)tap) != 0,
            "resample_filter must be an even number of taps with a sum");
    }
}
