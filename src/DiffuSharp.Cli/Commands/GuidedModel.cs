using DiffuSharp.Cli.Parsing;
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

    /// <summary>Names of its classes; null where unknown.</summary>
    public IReadOnlyList<string>? ClassNames => _model.ClassNames;

    /// <summary>Loads what is needed.</summary>
    /// <param name="network">The model's file.</param>
    /// <param name="guidance">Its guidance; null for none.</param>
    /// <param name="limit">How predicted clean images are limited; null if not.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="realTimes">Whether a model of discrete time is given real-valued times.</param>
    /// <exception cref="InvalidInputException">The guidance cannot be had with these models.</exception>
    /// <exception cref="InvalidDataException">A file is no model.</exception>
    public static GuidedModel Load(string network, Guidance? guidance, ImageLimit? limit, Device device, bool realTimes)
    {
        var model = DenoiserFile.Load(network, device);
        DenoiserFile? second = null;
        try
        {
            if (guidance is null)
            {
                return new GuidedModel(model, reference: null, Clipped(Denoiser(model)));
            }

            if (guidance.Reference is null && model.Denoiser is PreconditionedDenoiser { LabelDim: > 0, Network: UNet { Options.LabelDropout: 0 } })
            {
                throw new InvalidInputException(
                    "--guidance: this model never saw images without class; train one with --label-dropout, or name a weaker model with --gnet");
            }

            second = guidance.Reference is null ? null : DenoiserFile.Load(guidance.Reference, device);
            var guided = new GuidedDenoiser(Denoiser(model), guidance.Weight, second is null ? null : Relabelled(second), guidance.Interval);
            return new GuidedModel(model, second, Clipped(guided));
        }
        catch
        {
            model.Dispose();
            second?.Dispose();
            throw;
        }

        IDenoiser Clipped(IDenoiser denoiser) => limit?.Apply(denoiser) ?? denoiser;

        IDenoiser Relabelled(DenoiserFile weaker) => RelabelledDenoiser.Of(Denoiser(weaker), ClassesOf("the weaker model", weaker), ClassesOf("the model", model));

        static ClassList ClassesOf(string owner, DenoiserFile file) => new(owner, file.Denoiser.LabelDim, file.ClassNames);

        IDenoiser Denoiser(DenoiserFile file) => realTimes ? RealTimeDenoiser.Of(file.Denoiser) : file.Denoiser;
    }

    public void Dispose()
    {
        _model.Dispose();
        _reference?.Dispose();
    }
}
