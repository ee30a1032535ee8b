namespace DiffuSharp.Likelihood.Codec;

/// <summary>Where the choices of a step come from.</summary>
internal abstract class StepCoder
{
    /// <summary>The class of an image's step; 0 to wait.</summary>
    public abstract int Class(int image, double gain, double[] denoised);

    /// <summary>The candidate of one part of a step.</summary>
    public abstract int Index(int image, GaussianCodebook book, int candidates, double gain, double[] denoised);
}
