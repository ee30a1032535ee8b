using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood;

/// <summary>
/// The variational bound on −log₂ p(x_0) per dimension of a discrete process (Ho et al. 2020, section 2 and 3.3): the protocol "vlb". Works
/// for any denoiser; the model is the process with its variance and clipping. Every t of every image gets one noise draw.
/// </summary>
/// <param name="process">The model.</param>
/// <param name="cdf">Distribution function of the decoder.</param>
public sealed class VariationalBound(ReverseProcess process, NormalCdf cdf = NormalCdf.Erf)
{
    private readonly double _bitsPerNat = 1 / Math.Log(2);

    /// <summary>All terms of a batch; T evaluations for each image.</summary>
    /// <param name="images">x_0 [N,C,H,W], byte values as b/127.5 − 1.</param>
    /// <param name="noise">Draws of the images, one for each t from T down to 1.</param>
    /// <param name="condition">Labels of the images; null for none.</param>
    /// <param name="progress">Told how many of the T steps are done.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    public VariationalBoundResult Evaluate(
        Tensor images, INoiseSource noise, Condition? condition = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var clean = images.to(process.Device, ScalarType.Float64);
        var count = (int)clean.size(0);
        var last = process.Schedule.T;
        var terms = Enumerable.Range(0, count).Select(_ => new double[last]).ToArray();
        var errors = Enumerable.Range(0, count).Select(_ => new double[last]).ToArray();
        for (var t = last; t > 0; t--)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = torch.NewDisposeScope();
            var (bits, denoised) = Term(clean, [t], noise, condition);
            var squared = PerImage((denoised - clean).square());
            for (var n = 0; n < count; n++)
            {
                terms[n][t - 1] = bits[n];
                errors[n][t - 1] = squared[n];
            }

            progress?.Report(last - t + 1);
        }

        return new(Prior(clean), terms, errors);
    }

    /// <summary>
    /// An unbiased estimate of the bound of each image with fewer evaluations: the steps above 1 are cut into equal parts, of which each
    /// image draws one step; L_T and L_0 are always taken.
    /// </summary>
    /// <param name="images">x_0 [N,C,H,W], byte values as b/127.5 − 1.</param>
    /// <param name="parts">Number of parts, in [1, T − 1]; it takes parts + 1 evaluations for each image.</param>
    /// <param name="noise">Draws of the images, parts + 1 of them.</param>
    /// <param name="steps">Draws the steps.</param>
    /// <param name="condition">Labels of the images; null for none.</param>
    /// <param name="cancellation">Looked at before each part.</param>
    /// <returns>Bits per dimension of each image.</returns>
    /// <exception cref="InvalidInputException">The number of parts is out of range.</exception>
    public IReadOnlyList<double> Estimate(
        Tensor images, int parts, INoiseSource noise, Generator steps, Condition? condition = null, CancellationToken cancellation = default)
    {
        var above = process.Schedule.T - 1;
        if (parts < 1 || parts > above)
        {
            throw new InvalidInputException($"{parts} sampled steps: the number must lie in [1, {above}]");
        }

        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var clean = images.to(process.Device, ScalarType.Float64);
        var totals = Prior(clean);
        Add(Term(clean, [1], noise, condition).Bits, 1);
        for (var part = 0; part < parts; part++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = torch.NewDisposeScope();
            var low = 2 + (int)((long)above * part / parts);
            var high = 2 + (int)((long)above * (part + 1) / parts);
            var drawn = torch.randint(low, high, [totals.Length], steps).ToArray<long>();
            Add(Term(clean, Array.ConvertAll(drawn, t => (int)t), noise, condition).Bits, high - low);
        }

        return totals;

        void Add(double[] bits, int weight)
        {
            for (var n = 0; n < totals.Length; n++)
            {
                totals[n] += weight * bits[n];
            }
        }
    }

    private static double[] PerImage(Tensor pixels) => pixels.flatten(1).mean([1]).ToArray<double>();

    private double[] Prior(Tensor clean) => PerImage(VariationalTerm.Prior(process, clean) * _bitsPerNat);

    private (double[] Bits, Tensor Denoised) Term(Tensor clean, int[] steps, INoiseSource noise, Condition? condition)
    {
        var noisy = process.Diffuse(clean, steps, noise.Next().to(process.Device));
        var step = process.At(noisy, steps, condition);
        return (PerImage(VariationalTerm.Of(process, clean, noisy, steps, step, cdf) * _bitsPerNat), step.Denoised);
    }
}
