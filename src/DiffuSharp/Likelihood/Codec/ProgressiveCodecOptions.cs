using DiffuSharp.Denoising;
using DiffuSharp.Schedules;

namespace DiffuSharp.Likelihood.Codec;

/// <summary>How <see cref="ProgressiveCodec"/> encodes.</summary>
public sealed record ProgressiveCodecOptions
{
    /// <summary>Largest <see cref="BlockBits"/>.</summary>
    public const int LargestBlockBits = 18;

    /// <summary>
    /// The chain, from the prior (σ_0, where the data are negligible beside the noise) to the last noisy level; the final 0 stands for the images
    /// themselves. Each level is a point where the file can be cut.
    /// </summary>
    public required NoiseLevels Levels { get; init; }

    /// <summary>
    /// Most bits that one random code carries, 4 to 18: the encoder's time grows as 2^bits, the overhead falls as about 2.7/bits.
    /// </summary>
    public int BlockBits { get; init; } = 12;

    /// <summary>How many steps are written, at least 1; null for all of them and the images themselves, so that the file is lossless.</summary>
    public int? Truncate { get; init; }

    /// <summary>Image i shares the random numbers of seed (seed + i) modulo 2³² with the decoder.</summary>
    public uint Seed { get; init; }

    /// <summary>Images that the network evaluates together, at least 1, at both ends.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Checks the options against the model.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate(IDenoiser denoiser)
    {
        if (BlockBits is < 4 or > LargestBlockBits)
        {
            throw new InvalidInputException($"block bits {BlockBits}: must be from 4 to {LargestBlockBits}");
        }

        if (Truncate is { } truncate && (truncate < 1 || truncate >= Levels.Steps))
        {
            throw new InvalidInputException($"truncate {truncate}: there are {Levels.Steps - 1} steps; keep some of them, or leave it out");
        }

        if (Batch is < 1 or > ushort.MaxValue)
        {
            throw new InvalidInputException($"batch {Batch}: must be from 1 to {ushort.MaxValue}");
        }

        if (Levels.Steps > CodecHeader.MostLevels)
        {
            throw new InvalidInputException($"levels: {Levels.Steps} are too many; at most {CodecHeader.MostLevels}");
        }

        for (var i = 0; i < Levels.Steps; i++)
        {
            if (denoiser.RoundSigma(Levels[i]) != Levels[i] || Levels[i] < denoiser.SigmaMin || Levels[i] > denoiser.SigmaMax)
            {
                throw new InvalidInputException($"levels: the model does not know sigma {Levels[i]:R}; round the levels to what it knows");
            }
        }
    }
}
