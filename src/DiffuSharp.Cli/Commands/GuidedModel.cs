using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Torch;

namespace DiffuSharp.Cli.Commands;

/// <summary>A model file as denoiser, guided and clipped if that is asked for.</summary>
internal sealed class GuidedModel : IDisposable
{
    private readonly DenoiserFile _model;
    private readonly DenoiserFile? _reference;

    private GuidedModel(DenoiserFile model, DenoiserFile? reference, IDenoiser denoiser) =>
        (_model, _reference, Denoiser) = (model, reference, denoiser);

    public IDenoiser Denoiser { get; }

    /// <summary>Loads what is needed.</summary>
    /// <exception cref="InvalidInputException">The guidance cannot be had with these models.</exception>
    /// <exception cref="InvalidDataException">A file is no model.</exception>
    public static GuidedModel Load(string network, double? weight, string? reference, bool clip, Device device, bool realTimes)
    {
        if (weight is { } w && !double.IsFinite(w))
        {
            throw new InvalidInputException($"--guidance {w}: must be a finite number; 1 is off");
        }

        if (reference is not null && weight is null)
        {
            throw new InvalidInputException("--gnet: needs --guidance, the weight of the guidance");
        }

        if (reference is not null && weight == 1)
        {
            throw new InvalidInputException("--gnet: --guidance 1 is off and needs no second model; give another weight or leave --gnet out");
        }

        var model = DenoiserFile.Load(network, device);
        DenoiserFile? second = null;
        try
        {
            if (weight is null or 1)
            {
                return new GuidedModel(model, reference: null, Clipped(Denoiser(model)));
            }

            if (reference is null && model.Denoiser is PreconditionedDenoiser { LabelDim: > 0, Network: UNet { Options.LabelDropout: 0 } })
            {
                throw new InvalidInputException(
                    "--guidance: this model never saw images without class; train one with --label-dropout, or name a weaker model with --gnet");
            }

            second = reference is null ? null : DenoiserFile.Load(reference, device);
            var guided = new GuidedDenoiser(Denoiser(model), weight.Value, second is null ? null : Denoiser(second));
            return new GuidedModel(model, second, Clipped(guided));
        }
        catch
        {
            model.Dispose();
            second?.Dispose();
            throw;
        }

        IDenoiser Clipped(IDenoiser denoiser) => clip ? new ClippedDenoiser(denoiser) : denoiser;

        IDenoiser Denoiser(DenoiserFile file) => realTimes ? RealTimeDenoiser.Of(file.Denoiser) : file.Denoiser;
    }

    public void Dispose()
    {
        _model.Dispose();
        _reference?.Dispose();
    }
}
