namespace DiffuSharp.Denoising;

/// <summary>Discrete-time models with real-valued times: what learned samplers ask of them.</summary>
public static class RealTimeDenoiser
{
    /// <summary>
    /// The same model, but a discrete one gives real-valued timesteps to its embedding instead of the nearest integers; so it is
    /// differentiable in σ. Other models are returned as they are.
    /// </summary>
    /// <exception cref="InvalidInputException">The model knows integer timesteps only.</exception>
    public static IDenoiser Of(IDenoiser denoiser)
    {
        if (denoiser is not PreconditionedDenoiser { Preconditioning: DiscretePreconditioning { Continuous: false } discrete } network)
        {
            return denoiser;
        }

        var real = discrete with { Continuous = true };
        real.Validate();
        return new PreconditionedDenoiser(network.Network, real);
    }
}
