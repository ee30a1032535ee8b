using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>
/// D(x; σ, condition): the clean image expected from x = y + σ n, n unit normal. The one contract of all models; samplers,
/// search, likelihood and metrics know nothing else of them.
/// </summary>
public interface IDenoiser
{
    /// <summary>Size of an image.</summary>
    ImageShape Shape { get; }

    /// <summary>Length of a class label; 0 for an unconditional model.</summary>
    int LabelDim { get; }

    /// <summary>Smallest noise level for which the denoiser is made (0 if there is none).</summary>
    double SigmaMin { get; }

    /// <summary>Largest noise level for which the denoiser is made (∞ if there is none).</summary>
    double SigmaMax { get; }

    /// <summary>The discrete process for whose timesteps alone the denoiser was made; null if there is none.</summary>
    DiscreteNoiseSchedule? Process => null;

    /// <summary>Where the denoiser computes.</summary>
    Device Device { get; }

    /// <summary>Network evaluations so far, counted per image: a batch of N adds N for each network that saw it.</summary>
    long Evaluations { get; }

    /// <summary>Network evaluations that one call at a noise level counts for each image: 1, and 2 where guidance calls two networks.</summary>
    int EvaluationsAt(double sigma) => 1;

    /// <summary>The nearest noise level that the denoiser knows (all of them, unless it is discrete).</summary>
    double RoundSigma(double sigma);

    /// <summary>The expected clean images.</summary>
    /// <param name="x">Noisy images [N,C,H,W], any floating-point type.</param>
    /// <param name="sigma">Noise levels [N] or [1], float64.</param>
    /// <param name="condition">Labels; null for none.</param>
    /// <returns>[N,C,H,W], in the denoiser's own precision, on its device.</returns>
    Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null);
}
