using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising.Scripting;

/// <summary>
/// A TorchScript module that the user names, as denoiser. Gradients flow through it to the images. The module is code: it is run, unlike
/// all other model files.
/// </summary>
public sealed class ScriptDenoiser : IDenoiser, IDisposable
{
    private readonly ScriptModule _module;
    private readonly PreconditionedDenoiser _denoiser;

    /// <summary>Loads a module.</summary>
    /// <param name="path">A file of <c>torch.jit.save</c>.</param>
    /// <param name="signature">What it computes.</param>
    /// <param name="device">Where; by default the CPU.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no TorchScript file; one line.</exception>
    /// <exception cref="InvalidInputException">The signature is not valid.</exception>
    public ScriptDenoiser(string path, ScriptSignature signature, Device? device = null)
    {
        signature.Validate();
        Signature = signature;
        _module = new ScriptModule(path, device);
        _module.requires_grad_(false);
        _denoiser = new PreconditionedDenoiser(new ScriptNetwork(_module, signature, device ?? Device.CPU), signature.Preconditioning);
    }

    /// <summary>What the module computes.</summary>
    public ScriptSignature Signature { get; }

    /// <summary>The module as raw network.</summary>
    internal INetwork Network => _denoiser.Network;

    /// <inheritdoc/>
    public ImageShape Shape => _denoiser.Shape;

    /// <inheritdoc/>
    public int LabelDim => _denoiser.LabelDim;

    /// <inheritdoc/>
    public double SigmaMin => _denoiser.SigmaMin;

    /// <inheritdoc/>
    public double SigmaMax => _denoiser.SigmaMax;

    /// <inheritdoc/>
    public DiscreteNoiseSchedule? Process => _denoiser.Preconditioning.Process;

    /// <inheritdoc/>
    public Device Device => _denoiser.Device;

    /// <inheritdoc/>
    public long Evaluations => _denoiser.Evaluations;

    /// <summary>Loads a module with the description that lies beside it (<see cref="ScriptDescription"/>).</summary>
    /// <param name="path">The module.</param>
    /// <param name="device">Where; by default the CPU.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">There is no description, or one of the files is not valid; one line.</exception>
    public static ScriptDenoiser Load(string path, Device? device = null)
    {
        var description = ScriptDescription.Find(path);
        return File.Exists(path) && description is null
            ? throw new InvalidDataException(
                $"{path}: a zip file, but {ScriptDescription.PathOf(path)}, which describes a TorchScript network, is not there; run 'diffusharp model import'")
            : new ScriptDenoiser(path, ScriptSignature.Read(description ?? ScriptDescription.PathOf(path)), device);
    }

    /// <inheritdoc/>
    public double RoundSigma(double sigma) => _denoiser.RoundSigma(sigma);

    /// <inheritdoc/>
    public Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null) => _denoiser.Denoise(x, sigma, condition);

    /// <summary>Evaluates the module once and compares what it gives with the signature.</summary>
    /// <exception cref="InvalidInputException">The module refuses its arguments or gives images of another shape; one line.</exception>
    public void Check()
    {
        const int Batch = 2;
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        var labels = LabelDim == 0 ? null : torch.zeros([Batch, LabelDim]).index_copy(1, torch.tensor<long>([0]), torch.ones([Batch, 1]));
        var sigma = Math.Clamp(1, SigmaMin, SigmaMax);
        try
        {
            var images = Denoise(torch.zeros([Batch, Shape.Channels, Shape.Height, Shape.Width]), torch.tensor([sigma]), new Condition(labels));
            if (!images.shape.SequenceEqual([Batch, Shape.Channels, Shape.Height, Shape.Width]))
            {
                throw new InvalidInputException($"the TorchScript network gives {images.Describe()} for {Batch} images of {Shape}");
            }
        }
        catch (TorchException error)
        {
            throw new InvalidInputException($"the TorchScript network refuses its declared signature: {error.Message.Split('\n')[0]}");
        }
    }

    /// <summary>Frees the module.</summary>
    public void Dispose() => _module.Dispose();
}
