using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Importing;

/// <summary>
/// Schedulers that step from timestep t to t − ⌊T/N⌋, which with some spacings is not the next timestep that they visit: the VP state then goes to the network at
/// another timestep than its own.
/// </summary>
internal static class SteppedSchedulers
{
    /// <summary>DDIM (Song et al. 2021, eq. 12).</summary>
    public static SamplerTableau Ddim(DiscreteNoiseSchedule process, double[] timesteps, double last, double eta) =>
        Run(process, timesteps, last, (network, x, d, sigma, next, _) =>
        {
            (var down, var up) = Solvers.AncestralStep.Split(sigma, next, eta);
            return d + down / sigma * (x - d) + up * network.Z;
        });

    /// <summary>DDPM (Ho et al. 2020, eq. 7); no noise at timestep 0.</summary>
    public static SamplerTableau Ddpm(DiscreteNoiseSchedule process, double[] timesteps, bool large) =>
        Run(process, timesteps, 0, (network, x, d, sigma, next, timestep) =>
        {
            var removed = Math.Sqrt((sigma - next) * (sigma + next));
            var noise = large ? removed * Math.Sqrt((1 + (next * next)) / (1 + (sigma * sigma))) : next * removed / sigma;
            return d + next / sigma * (next / sigma) * (x - d) + (timestep > 0 ? noise : 0) * network.Z;
        });

    /// <summary>Latent consistency (Luo et al. 2023): the consistency function, then fresh noise up to the next timestep.</summary>
    public static SamplerTableau Lcm(DiscreteNoiseSchedule process, double[] timesteps, double scaling)
    {
        const double dataDeviation = 0.5;
        var network = new SamplerTableauBuilder();
        var x = Math.Sqrt(1 + Square(SchedulerLevels.Sigma(process, timesteps[0]))) * network.Xi;
        for (var i = 0; i < timesteps.Length; i++)
        {
            var sigma = SchedulerLevels.Sigma(process, timesteps[i]);
            (var state, var denoised) = network.Evaluate(x, sigma);
            var time = scaling * timesteps[i];
            var skip = dataDeviation * dataDeviation / (Square(time) + Square(dataDeviation));
            var consistent = time / Math.Sqrt(Square(time) + Square(dataDeviation)) * denoised + skip / Math.Sqrt(1 + Square(sigma)) * state;
            x = i == timesteps.Length - 1 ? consistent : consistent + SchedulerLevels.Sigma(process, timesteps[i + 1]) * network.Z;
        }

        return network.Sample(x);
    }

    private static SamplerTableau Run(
        DiscreteNoiseSchedule process, double[] timesteps, double last,
        Func<SamplerTableauBuilder, LinearExpression, LinearExpression, double, double, double, LinearExpression> step)
    {
        var network = new SamplerTableauBuilder();
        var stride = process.T / timesteps.Length;
        var x = network.Xi;
        for (var i = 0; i < timesteps.Length; i++)
        {
            var sigma = SchedulerLevels.Sigma(process, timesteps[i]);
            (var state, var denoised) = network.Evaluate(Math.Sqrt(1 + Square(sigma)) * x, sigma);
            var next = timesteps[i] < stride ? last : SchedulerLevels.Sigma(process, timesteps[i] - stride);
            x = step(network, state, denoised, sigma, next, timesteps[i]) / Math.Sqrt(1 + Square(next));
        }

        return network.Sample(x, last / Math.Sqrt(1 + Square(last)));
    }

    private static double Square(double value) => value * value;
}
