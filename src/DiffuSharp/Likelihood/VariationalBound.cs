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
    /// An unbiased estimate of the bound of each image with fewer evaluations: L_T and L_0 are always taken, of the steps above 1 some are
    /// drawn with probabilities p_t near the usual size of their terms, and each counts L_{t−1}/p_t. The draws of an image are
    /// stratified: one from each of as many equal parts of the distribution.
    /// </summary>
    /// <param name="images">x_0 [N,C,H,W], byte values as b/127.5 − 1.</param>
    /// <param name="draws">Steps drawn for each image, at least 1; it takes one evaluation more for each image.</param>
    /// <param name="noise">Draws of the images, <paramref name="draws"/> + 1 of them.</param>
    /// <param name="steps">A generator for each image, which draws its steps.</param>
    /// <param name="condition">Labels of the images; null for none.</param>
    /// <param name="cancellation">Looked at before each draw.</param>
    /// <exception cref="InvalidInputException">The number of draws is out of range, or there is only one step.</exception>
    public IReadOnlyList<BoundTerms> Estimate(
        Tensor images, int draws, INoiseSource noise, IReadOnlyList<Generator> steps, Condition? condition = null,
        CancellationToken cancellation = default)
    {
        if (draws < 1 || process.Schedule.T < 2)
        {
            throw new InvalidInputException($"{draws} sampled steps of {process.Schedule.T}: at least 1 of at least 2 is needed");
        }

        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var clean = images.to(process.Device, ScalarType.Float64);
        var proposal = new TimestepProposal(process);
        var places = steps.Select(generator => torch.rand([draws], generator, ScalarType.Float64).ToArray<double>()).ToArray();
        var (prior, decoder) = (Prior(clean), Term(clean, [1], noise, condition).Bits);
        var middle = new double[steps.Count];
        for (var part = 0; part < draws; part++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = torch.NewDisposeScope();
            var drawn = Array.ConvertAll(places, place => proposal.At((part + place[part]) / draws));
            var bits = Term(clean, Array.ConvertAll(drawn, d => d.T), noise, condition).Bits;
            for (var n = 0; n < middle.Length; n++)
            {
                middle[n] += bits[n] * drawn[n].InverseProbability / draws;
            }
        }

        return [.. middle.Select((value, n) => new BoundTerms(prior[n], value, decoder[n]))];
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
