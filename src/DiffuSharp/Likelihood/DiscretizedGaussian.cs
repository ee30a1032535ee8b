using DiffuSharp.Torch;

namespace DiffuSharp.Likelihood;

/// <summary>
/// The discrete decoder of DDPM (Ho et al. 2020, eq. 13): the probability that a Gaussian gives to the bin of width 2/255 around a pixel
/// value; the first and the last bin reach to infinity.
/// </summary>
public static class DiscretizedGaussian
{
    private const double HalfBin = 1.0 / 255;
    private const double Edge = 0.999;
    private const double Floor = 1e-12;

    /// <summary>ln of the probability of every pixel; no probability is taken for less than 1e-12.</summary>
    /// <param name="pixels">Values in [−1, 1], of the 256 that a byte has: b/127.5 − 1.</param>
    /// <param name="mean">Mean of the Gaussian, of the shape of the pixels.</param>
    /// <param name="logVariance">ln of its variance, that broadcasts to the pixels.</param>
    /// <param name="cdf">Distribution function.</param>
    /// <returns>Nats, of the shape of the pixels, differentiable.</returns>
    public static Tensor LogLikelihood(Tensor pixels, Tensor mean, Tensor logVariance, NormalCdf cdf = NormalCdf.Erf)
    {
        using var scope = torch.NewDisposeScope();
        var centred = pixels - mean;
        var scale = (logVariance * -0.5).exp();
        var upper = Distribution((centred + HalfBin) * scale, cdf);
        var lower = Distribution((centred - HalfBin) * scale, cdf);
        var inside = torch.where(pixels > Edge, 1 - lower, upper - lower);
        var probability = torch.where(pixels < -Edge, upper, inside);
        return probability.clamp(Floor, 1).log().MoveToOuterDisposeScope();
    }

    private static Tensor Distribution(Tensor z, NormalCdf cdf) => cdf == NormalCdf.Erf
        ? ((z * Math.Sqrt(0.5)).erf() + 1) * 0.5
        : (((z + (z.pow(3) * 0.044715)) * Math.Sqrt(2 / Math.PI)).tanh() + 1) * 0.5;
}
