using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Search;

/// <summary>A Gaussian model with two classes that look the same.</summary>
internal sealed class ScaledClasses : IDenoiser, IDisposable
{
    private readonly GaussianDenoiser _denoiser = Toy.Gaussian();

    public ImageShape Shape => _denoiser.Shape;

    public int LabelDim => 2;

    public double SigmaMin => _denoiser.SigmaMin;

    public double SigmaMax => _denoiser.SigmaMax;

    public Device Device => _denoiser.Device;

    public long Evaluations => _denoiser.Evaluations;

    public double RoundSigma(double sigma) => sigma;

    public Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null)
    {
        condition!.Labels!.shape.ShouldBe([x.size(0), 2]);
        return _denoiser.Denoise(x, sigma);
    }

    public void Dispose() => _denoiser.Dispose();
}
