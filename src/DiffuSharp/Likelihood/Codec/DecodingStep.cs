namespace DiffuSharp.Likelihood.Codec;

/// <summary>Reads what <see cref="EncodingStep"/> chose.</summary>
internal sealed class DecodingStep(ClassCoder classes, RangeDecoder coder) : StepCoder
{
    /// <inheritdoc/>
    public override int Class(int image, double gain, double[] denoised) => classes.Code(coder, image, 0);

    /// <inheritdoc/>
    public override int Index(int image, GaussianCodebook book, int candidates, double gain, double[] denoised) =>
        coder.Code(0, new UniformTable(candidates));
}
