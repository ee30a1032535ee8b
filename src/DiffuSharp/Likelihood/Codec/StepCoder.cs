namespace DiffuSharp.Likelihood.Codec;

/// <summary>Where the choices of a level come from: first the class of each image in turn, then the candidates of those that move.</summary>
internal abstract class StepCoder
{
    /// <summary>The class of an image's step; 0 to wait.</summary>
    public abstract int Class(int image, double gain, double[] denoised);

    /// <summary>Before the images move: the decoder reads all candidates.</summary>
    public virtual void Begin(IReadOnlyList<ImageStep> steps)
    {
    }

    /// <summary>The candidate of one block, kept in the step. Images are coded side by side on several threads, the blocks of an image in turn.</summary>
    public abstract int Choose(ImageStep step, int block, GaussianCodebook book);

    /// <summary>After the images moved: the encoder writes all candidates.</summary>
    public virtual void End(IReadOnlyList<ImageStep> steps)
    {
    }
}
