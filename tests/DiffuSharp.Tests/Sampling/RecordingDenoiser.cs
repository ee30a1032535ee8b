using DiffuSharp.Denoising;
using DiffuSharp.Tests.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Sampling;

/// <summary>The optimal denoiser of unit Gaussian data, D = x/(1 + σ²), that writes down what it is given.</summary>
internal sealed class RecordingDenoiser() : FormulaDenoiser(new(1, 2, 2))
{
    public Action? Called { get; init; }

    public List<double[]> Inputs { get; } = [];

    public List<float[]> Labels { get; } = [];

    protected override Tensor Expected(Tensor x, Tensor sigma, Condition? condition)
    {
        Inputs.Add(x.ToArray<double>());
        if (condition?.Labels is { } labels)
        {
            Labels.Add(labels.ToArray<float>());
        }

        Called?.Invoke();
        return x / (sigma.square() + 1.0).reshape(-1, 1, 1, 1);
    }
}
