namespace DiffuSharp.Likelihood.Codec;

/// <summary>Chooses by the clean images, writes what it chose, and adds up what the step should cost.</summary>
/// <param name="clean">Images in [−1, 1].</param>
/// <param name="classes">Codes the classes.</param>
/// <param name="coder">Where to.</param>
internal sealed class EncodingStep(double[][] clean, ClassCoder classes, RangeEncoder coder) : StepCoder
{
    /// <summary>Σ of the Kullback-Leibler divergences of the steps that were taken, in bits.</summary>
    public double PromisedBits { get; private set; }

    /// <inheritdoc/>
    public override int Class(int image, double gain, double[] denoised)
    {
        var square = clean[image].Zip(denoised, (x, d) => (x - d) * (x - d)).Sum();
        var bits = 0.5 * gain * square / Math.Log(2);
        var k = StepRate.ClassOf(bits);
        PromisedBits += k > 0 ? bits : 0;
        return classes.Code(coder, image, k);
    }

    /// <inheritdoc/>
    public override int Index(int image, GaussianCodebook book, int candidates, double gain, double[] denoised)
    {
        var scale = Math.Sqrt(gain);
        double[] mean = [.. clean[image].Zip(denoised, (x, d) => scale * (x - d))];
        return coder.Code(book.Nearest(mean), new UniformTable(candidates));
    }
}
