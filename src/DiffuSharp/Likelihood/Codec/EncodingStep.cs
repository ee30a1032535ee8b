namespace DiffuSharp.Likelihood.Codec;

/// <summary>Chooses by the clean images and writes what it chose.</summary>
/// <param name="clean">Images in [−1, 1].</param>
/// <param name="classes">Codes the classes.</param>
/// <param name="coder">Where to.</param>
internal sealed class EncodingStep(double[][] clean, ClassCoder classes, RangeEncoder coder) : StepCoder
{
    /// <inheritdoc/>
    public override int Class(int image, double gain, double[] denoised)
    {
        var square = clean[image].Zip(denoised, (x, d) => (x - d) * (x - d)).Sum();
        return classes.Code(coder, image, StepRate.ClassOf(0.5 * gain * square / Math.Log(2)));
    }

    /// <inheritdoc/>
    public override int Choose(ImageStep step, int block, GaussianCodebook book)
    {
        double[] direction = [.. clean[step.Image].Zip(step.Denoised, (x, d) => x - d)];
        return step.Indices[block] = book.Farthest(direction);
    }

    /// <inheritdoc/>
    public override void End(IReadOnlyList<ImageStep> steps)
    {
        foreach (var step in steps)
        {
            var table = new UniformTable(step.Candidates);
            foreach (var index in step.Indices)
            {
                coder.Code(index, table);
            }
        }
    }
}
