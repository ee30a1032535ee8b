using DiffuSharp.Denoising;
using DiffuSharp.Torch;

namespace DiffuSharp.Networks;

/// <summary>A network with its description: what a model file holds.</summary>
public sealed class DiffusionModel : IDisposable
{
    /// <summary>Makes the network with fresh weights.</summary>
    /// <param name="description">Architecture, preconditioning, labels.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public DiffusionModel(ModelDescription description, ulong seed = 0)
    {
        Description = description;
        Network = UNet.Create(description.Network, description.Network.ImgChannels * description.Preconditioning.OutputFactor, seed);
        Denoiser = new PreconditionedDenoiser(Network, description.Preconditioning);
    }

    /// <summary>Architecture, preconditioning, labels and history.</summary>
    public ModelDescription Description { get; init; }

    /// <summary>The raw network.</summary>
    public UNet Network { get; }

    /// <summary>The network as denoiser.</summary>
    public PreconditionedDenoiser Denoiser { get; }

    /// <summary>Moves the weights.</summary>
    public void To(Device device) => Network.to(device);

    /// <summary>Frees the weights.</summary>
    public void Dispose() => Network.Dispose();
}
