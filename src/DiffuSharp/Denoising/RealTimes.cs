using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>Times of a discrete process between its steps.</summary>
internal static class RealTimes
{
    /// <summary>t with ln ᾱ(t) = −ln(1 + σ²), ln ᾱ linear between integers, limited to [1, T].</summary>
    /// <param name="process">The process.</param>
    /// <param name="sigma">Noise levels of any shape.</param>
    /// <returns>[n], differentiable in σ.</returns>
    public static Tensor Of(DiscreteNoiseSchedule process, Tensor sigma)
    {
        var table = Enumerable.Range(0, process.T + 1).Select(t => process.LogAlphaBar(t)).ToArray();
        var logarithms = Table(table, sigma);
        var slopes = Table([.. Enumerable.Range(0, process.T).Select(t => table[t + 1] - table[t])], sigma);
        var wanted = -sigma.reshape(-1).square().log1p();
        var segment = (wanted.reshape(-1, 1).lt(logarithms).sum([1]) - 1).clamp(0, process.T - 1).to(ScalarType.Int64);
        var time = segment.to(sigma.dtype) + ((wanted - logarithms.index_select(0, segment)) / slopes.index_select(0, segment));
        return time.clamp(1, process.T);
    }

    private static Tensor Table(double[] values, Tensor like) => torch.tensor<double>(values).to(like.device, like.dtype);
}
