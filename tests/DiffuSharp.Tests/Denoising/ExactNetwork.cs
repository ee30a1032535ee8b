using DiffuSharp.Denoising;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Denoising;

/// <summary>What a network of a discrete process would say if it knew the data's exact denoiser; for its own timesteps only.</summary>
internal sealed class ExactNetwork(IDenoiser exact, DiscreteNoiseSchedule schedule, DiscretePrediction prediction) : INetwork
{
    public ImageShape Shape => exact.Shape;

    public int LabelDim => 0;

    public Device Device => exact.Device;

    public double[] Timesteps { get; private set; } = [];

    public Tensor Forward(Tensor x, Tensor noise, Tensor? labels, Tensor? augmentation)
    {
        Timesteps = noise.to(ScalarType.Float64).ToArray<double>();
        var outputs = new Tensor[Timesteps.Length];
        for (var n = 0; n < outputs.Length; n++)
        {
            var t = Timesteps[n] + 1;
            var sigma = schedule.Sigma(t);
            var signal = Math.Exp(0.5 * schedule.LogAlphaBar(t));
            var noisy = x.narrow(0, n, 1).to(ScalarType.Float64);
            var clean = exact.Denoise(noisy / signal, torch.tensor([sigma]));
            var epsilon = ((noisy / signal) - clean) / sigma;
            outputs[n] = prediction switch
            {
                DiscretePrediction.Epsilon => epsilon,
                DiscretePrediction.X0 => clean,
                DiscretePrediction.V => (epsilon * signal) - (clean * (sigma * signal)),
                _ => (clean * schedule.PosteriorMean((int)t).X0) + (noisy * schedule.PosteriorMean((int)t).Xt),
            };
        }

        return torch.cat(outputs).to(ScalarType.Float32);
    }
}
