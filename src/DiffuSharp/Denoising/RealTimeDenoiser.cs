using DiffuSharp.Denoising.Scripting;

namespace DiffuSharp.Denoising;

/// <summary>Discrete-time models with real-valued times: what learned samplers ask of them.</summary>
public static class RealTimeDenoiser
{
    /// <summary>
    /// The same model, but a discrete one gives real-valued timesteps to its embedding instead of the nearest integers; so it is
    /// differentiable in σ. Other models are returned as they are.
    /// </summary>
    /// <param name="denoiser">The model, which stays the owner of its network.</param>
    /// <exception cref="InvalidInputException">The model knows integer timesteps only.</exception>
    public static IDenoiser Of(IDenoiser denoiser) => denoiser switch
    {
        PreconditionedDenoiser network => With(network.Network, network.Preconditioning) ?? denoiser,
        ScriptDenoiser { Signature.IntegerNoise: true } => throw new InvalidInputException(
            "this TorchScript network takes integer timesteps only (integer_noise), not the real-valued ones of a learned sampler"),
        ScriptDenoiser script => With(script.Network, script.Signature.Preconditioning) ?? denoiser,
        _ => denoiser,
    };

    private static PreconditionedDenoiser? With(INetwork network, Preconditioning preconditioning)
    {
        Preconditioning? real = preconditioning switch
        {
            DiscretePreconditioning { Continuous: false } discrete => discrete with { Continuous = true },
            IddpmPreconditioning { Continuous: false } iddpm => iddpm with { Continuous = true },
            _ => null,
        };
        real?.Validate();
        return real is null ? null : new PreconditionedDenoiser(network, real);
    }
}
