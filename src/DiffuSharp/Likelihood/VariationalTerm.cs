using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood;

/// <summary>The terms of the variational bound on −ln p(x_0) (Ho et al. 2020, eq. 5), in nats for every pixel, differentiable.</summary>
public static class VariationalTerm
{
    /// <summary>L_{t−1} = KL(q(x_{t−1} | x_t, x_0) ‖ p(x_{t−1} | x_t)), and for t = 1 the decoder's L_0 = −ln p(x_0 | x_1).</summary>
    /// <param name="process">The model.</param>
    /// <param name="clean">x_0 [N,C,H,W], float64.</param>
    /// <param name="noisy">x_t [N,C,H,W], float64.</param>
    /// <param name="steps">t of the batch or of each image.</param>
    /// <param name="step">p(x_{t−1} | x_t) of the model there.</param>
    /// <param name="cdf">Distribution function of the decoder.</param>
    /// <returns>[N,C,H,W], float64.</returns>
    public static Tensor Of(ReverseProcess process, Tensor clean, Tensor noisy, int[] steps, ReverseStep step, NormalCdf cdf = NormalCdf.Erf)
    {
        using var scope = torch.NewDisposeScope();
        Tensor term;
        if (Array.TrueForAll(steps, t => t == 1))
        {
            term = Decoder();
        }
        else if (Array.TrueForAll(steps, t => t > 1))
        {
            term = Divergence();
        }
        else
        {
            var isFirst = torch.tensor(Array.ConvertAll(steps, t => t == 1), [steps.Length, 1, 1, 1], device: process.Device);
            term = torch.where(isFirst, Decoder(), Divergence());
        }

        return term.MoveToOuterDisposeScope();

        Tensor Decoder() => -DiscretizedGaussian.LogLikelihood(clean, step.Mean, step.LogVariance, cdf);

        Tensor Divergence() => NormalDivergence(
            process.PosteriorMean(clean, noisy, steps), process.PosteriorLogVariance(steps), step.Mean, step.LogVariance);
    }

    /// <summary>L_T = KL(q(x_T | x_0) ‖ N(0, 1)).</summary>
    /// <param name="process">The model.</param>
    /// <param name="clean">x_0 [N,C,H,W], float64.</param>
    /// <returns>[N,C,H,W], float64.</returns>
    public static Tensor Prior(ReverseProcess process, Tensor clean)
    {
        using var scope = torch.NewDisposeScope();
        var last = process.Schedule.AlphaBar(process.Schedule.T);
        return (((clean.square() * last) - last - Math.Log(1 - last)) * 0.5).MoveToOuterDisposeScope();
    }

    // KL(N(mean1, e^log1) ‖ N(mean2, e^log2))
    private static Tensor NormalDivergence(Tensor mean1, Tensor log1, Tensor mean2, Tensor log2) =>
        ((log2 - log1 - 1) + (log1 - log2).exp() + ((mean1 - mean2).square() * (-log2).exp())) * 0.5;
}
