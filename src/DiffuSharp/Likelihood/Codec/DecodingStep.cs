namespace DiffuSharp.Likelihood.Codec;

/// <summary>Reads what <see cref="EncodingStep"/> chose.</summary>
internal sealed class DecodingStep(ClassCoder classes, RangeDecoder coder) : StepCoder
{
    /// <inheritdoc/>
    public override int Class(int image, double gain, double[] denoised) => classes.Code(coder, image, 0);

    /// <inheritdoc/>
    public override void Begin(IReadOnlyList<ImageStep> steps)
    {
        foreach (var step in steps)
        {
            var table = new UniformTable(step.Candidates);
            for (var block = 0; block < step.Indices.Length; block++)
            {
                step.Indices[block] = coder.Code(0, table);
            }
        }
    }

    /// <inheritdoc/>
    public override int Choose(ImageStep step, int block, GaussianCodebook book) => step.Indices[block];
}
