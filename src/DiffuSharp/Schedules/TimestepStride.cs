namespace DiffuSharp.Schedules;

/// <summary>
/// Which timesteps of a discrete process a run of N steps visits. In the words of published code timesteps count from 0:
/// timestep τ is step τ + 1 of <see cref="DiscreteNoiseSchedule"/>.
/// </summary>
public enum TimestepStride
{
    /// <summary>τ = i ⌊T/N⌋ for i = N−1 … 0, then σ = 0: the "linear" stride of DDIM.</summary>
    Leading,

    /// <summary>τ = round(T − i T/N) − 1 for i = 0 … N−1, then σ = 0: starts at the last step of the process.</summary>
    Trailing,

    /// <summary>N timesteps at equal distances from T − 1 to 0, fractional as they come, then σ = 0.</summary>
    Linspace,

    /// <summary>
    /// N + 1 timesteps at equal distances from T − 1 to 0, rounded (ties to even): ends at timestep 0, not at σ = 0, as the published
    /// DPM-Solver++, UniPC and DEIS do.
    /// </summary>
    Linear,

    /// <summary>τ = ⌊(i √(0.8 T)/(N−1))²⌋ for i = N−1 … 0, then σ = 0: the quadratic stride of DDIM.</summary>
    Quadratic,
}
