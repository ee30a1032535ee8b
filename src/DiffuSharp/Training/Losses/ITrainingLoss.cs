using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>What a denoiser is trained to make small.</summary>
public interface ITrainingLoss
{
    /// <summary>Draws the random numbers of a batch on the CPU: those of the noise levels, then the noise.</summary>
    /// <param name="n">Number of images.</param>
    /// <param name="shape">Size of an image.</param>
    /// <param name="generator">CPU generator.</param>
    /// <param name="dtype">Type of the noise.</param>
    LossDraws Draw(int n, ImageShape shape, Generator generator, ScalarType dtype = ScalarType.Float32);

    /// <summary>The loss of every pixel, differentiable.</summary>
    /// <param name="denoiser">What is trained.</param>
    /// <param name="images">Clean images y [N,C,H,W] in [−1, 1].</param>
    /// <param name="condition">Labels of the images; null for none.</param>
    /// <param name="draws">Random numbers of <see cref="Draw"/>, or given ones.</param>
    LossValues Compute(IDenoiser denoiser, Tensor images, Condition? condition, LossDraws draws);
}
