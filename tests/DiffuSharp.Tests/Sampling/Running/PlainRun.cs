using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Sampling.Running;

/// <summary>A sampler run written with tensors for all numbers, whose graph autograd keeps whole.</summary>
internal static class PlainRun
{
    public static Tensor Sample(TableauLayout layout, Tensor values, IDenoiser denoiser, Tensor prior, INoiseSource noise)
    {
        var states = new List<Tensor>();
        var denoised = new List<Tensor>();
        for (var i = 0; i < layout.Rows; i++)
        {
            var x = torch.zeros_like(prior);
            foreach (var (place, k) in layout.Coefficients.Select((place, k) => (place, k)).Where(c => c.place.Row == i))
            {
                x = place.Kind switch
                {
                    CoefficientKind.Prior => x + (values[k] * prior),
                    CoefficientKind.State => x + (values[k] * states[place.Column]),
                    CoefficientKind.Denoised => x + (values[k] * denoised[place.Column]),
                    CoefficientKind.Noise => x + (values[k] * noise.Next()),
                    _ => x,
                };
            }

            states.Add(x);
            if (i < layout.Nfe)
            {
                var sigma = values.narrow(0, layout.PositionOf(new(CoefficientKind.Sigma, i))!.Value, 1);
                denoised.Add(denoiser.Denoise(x, sigma).to(ScalarType.Float64));
            }
        }

        return states[^1];
    }
}
