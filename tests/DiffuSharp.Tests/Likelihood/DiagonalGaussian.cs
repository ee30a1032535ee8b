using DiffuSharp.Denoising;
using DiffuSharp.Tests.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Likelihood;

/// <summary>Data N(mean, diag(std²)): D = (std² x + σ² mean)/(std² + σ²), element by element, so that a batch cannot change an image.</summary>
internal sealed class DiagonalGaussian(ImageShape shape, double[] means, double[] stds, double[]? shift = null) : FormulaDenoiser(shape)
{

    /// <summary>ln N(x; mean, std² + σ²).</summary>
    public double LogDensity(double[] x, double sigma)
    {
        double sum = 0;
        for (var j = 0; j < x.Length; j++)
        {
            var variance = (stds[j] * stds[j]) + (sigma * sigma);
            sum -= 0.5 * (Math.Log(2 * Math.PI * variance) + ((x[j] - means[j]) * (x[j] - means[j]) / variance));
        }

        return sum;
    }

    protected override Tensor Expected(Tensor x, Tensor sigma, Condition? condition)
    {
        using var scope = torch.NewDisposeScope();
        var noise = sigma.square().reshape(-1, 1, 1, 1);
        var data = Image(stds).square();
        var denoised = ((x * data) + (noise * Image(means))) * (data + noise).reciprocal();
        return (shift is null ? denoised : denoised + Image(shift)).MoveToOuterDisposeScope();
    }

    private Tensor Image(double[] values) => torch.tensor(values, [1, Shape.Channels, Shape.Height, Shape.Width]);
}
