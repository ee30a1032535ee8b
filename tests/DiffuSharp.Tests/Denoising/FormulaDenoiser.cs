using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Denoising;

/// <summary>A denoiser for every noise level, made for one test; a derived class gives the formula.</summary>
internal abstract class FormulaDenoiser(ImageShape shape) : IDenoiser
{
    public ImageShape Shape => shape;

    public int LabelDim { get; init; }

    public double SigmaMin => 0;

    public double SigmaMax => double.PositiveInfinity;

    public Device Device => Device.CPU;

    public long Evaluations { get; private set; }

    public virtual double RoundSigma(double sigma) => sigma;

    public Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null)
    {
        Evaluations += x.size(0);
        return Expected(x, sigma, condition);
    }

    protected abstract Tensor Expected(Tensor x, Tensor sigma, Condition? condition);
}
