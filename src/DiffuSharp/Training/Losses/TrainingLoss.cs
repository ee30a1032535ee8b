using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;

namespace DiffuSharp.Training.Losses;

/// <summary>The loss that training minimises.</summary>
[RecipeKind("training-loss")]
public abstract record TrainingLoss : Recipe
{
    /// <summary>Whether models of a preconditioning can be trained on it.</summary>
    /// <param name="preconditioning">That of the model.</param>
    public virtual bool Suits(Preconditioning preconditioning) => true;

    /// <summary>The loss for a model: what it takes from the preconditioning is filled in.</summary>
    /// <param name="preconditioning">That of the model.</param>
    public virtual TrainingLoss For(Preconditioning preconditioning) => this;

    /// <summary>Draws the random numbers of a batch on the CPU: those of the noise levels, then the noise.</summary>
    /// <param name="n">Number of images.</param>
    /// <param name="shape">Size of an image.</param>
    /// <param name="generator">CPU generator.</param>
    /// <param name="dtype">Type of the noise.</param>
    public abstract LossDraws Draw(int n, ImageShape shape, Generator generator, ScalarType dtype = ScalarType.Float32);

    /// <summary>The loss of every pixel, differentiable.</summary>
    /// <param name="denoiser">What is trained.</param>
    /// <param name="images">Clean images y [N,C,H,W] in [−1, 1].</param>
    /// <param name="condition">Labels of the images; null for none.</param>
    /// <param name="draws">Random numbers of <see cref="Draw"/>, or given ones.</param>
    public abstract LossValues Compute(IDenoiser denoiser, Tensor images, Condition? condition, LossDraws draws);
}

/// <summary>The random numbers of one evaluation of a loss.</summary>
/// <param name="Unit">[N], float64, on the CPU: uniform in [0, 1) or unit normal, as the loss asks; chooses the noise levels.</param>
/// <param name="Noise">[N,C,H,W], unit normal, on any device.</param>
public sealed record LossDraws(Tensor Unit, Tensor Noise);

/// <summary>The value of a loss.</summary>
/// <param name="PerPixel">Weighted squared errors [N,C,H,W], in the denoiser's precision and on its device.</param>
/// <param name="Sigma">Noise levels [N], float64, on the CPU.</param>
public sealed record LossValues(Tensor PerPixel, Tensor Sigma);
