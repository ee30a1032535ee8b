using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Sampling;

/// <summary>Which images <see cref="ImageGenerator"/> makes.</summary>
public sealed record ImageGeneratorOptions
{
    /// <summary>One image for each seed, in this order; a seed counts modulo 2³².</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>The class of every image; null draws one for each image from its own generator.</summary>
    public int? Class { get; init; }

    /// <summary>Images that run together, at least 1. It changes memory and speed, not the images.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Precision of the sampler's states: Float64 as in EDM, or Float32.</summary>
    public ScalarType Precision { get; init; } = ScalarType.Float64;

    /// <summary>Checks the options against the model that will run.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate(IDenoiser denoiser)
    {
        if (Seeds.Count == 0)
        {
            throw new InvalidInputException("seeds: there are none; name at least one, such as 0-63");
        }

        if (Batch < 1)
        {
            throw new InvalidInputException($"batch {Batch}: at least 1 image is needed");
        }

        if (Precision is not (ScalarType.Float64 or ScalarType.Float32))
        {
            throw new InvalidInputException($"precision {Precision}: use Float64 or Float32");
        }

        if (Class is not null && denoiser.LabelDim == 0)
        {
            throw new InvalidInputException($"class {Class}: the model is unconditional; leave the class out");
        }

        if (Class < 0 || Class >= denoiser.LabelDim)
        {
            throw new InvalidInputException($"class {Class}: the model has the classes 0 to {denoiser.LabelDim - 1}");
        }

        if (denoiser.Shape.Channels is not (1 or 3))
        {
            throw new InvalidInputException($"the model makes {denoiser.Shape} images; only grey (1) and RGB (3 channels) can be written");
        }
    }
}
