using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Sampling;

/// <summary>The optimal denoiser of unit Gaussian data, D = x/(1 + σ²), that writes down what it is given.</summary>
internal sealed class RecordingDenoiser : IDenoiser
{
    public ImageShape Shape => new(1, 2, 2);

    public int LabelDim { get; init; }

    public double SigmaMin => 0;

    public double SigmaMax => double.PositiveInfinity;

    public Device Device => Device.CPU;

    public long Evaluations { get; private set; }

    public Action? Called { get; init; }

    public List<double[]> Inputs { get; } = [];

    public List<float[]> Labels { get; } = [];

    public double RoundSigma(double sigma) => sigma;

    public Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null)
    {
        Evaluations += x.size(0);
        Inputs.Add(x.ToArray<double>());
        if (condition?.Labels is { } labels)
        {
            Labels.Add(labels.ToArray<float>());
        }

        Called?.Invoke();
        return x / (sigma.square() + 1.0).reshape(-1, 1, 1, 1);
    }
}
