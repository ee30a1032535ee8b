using DiffuSharp.Denoising;
using DiffuSharp.Denoising.Scripting;
using DiffuSharp.Torch;

namespace DiffuSharp.Networks;

/// <summary>A model of either kind that samplers can run: our own file, or a TorchScript module with its description.</summary>
public sealed class DenoiserFile : IDisposable
{
    private readonly IDisposable _owner;

    private DenoiserFile(IDenoiser denoiser, IDisposable owner, DiffusionModel? model) => (Denoiser, _owner, Model) = (denoiser, owner, model);

    /// <summary>The denoiser.</summary>
    public IDenoiser Denoiser { get; }

    /// <summary>The network with its description; null for TorchScript.</summary>
    public DiffusionModel? Model { get; }

    /// <summary>Names of its classes; null where unknown.</summary>
    public IReadOnlyList<string>? ClassNames => Model?.Description.LabelNames;

    /// <summary>Loads a model.</summary>
    /// <param name="path">
    /// Safetensors of <see cref="ModelFile"/>, or as <c>torchscript:FILE</c> a TorchScript module beside which its description lies
    /// (<see cref="ScriptName"/>).
    /// </param>
    /// <param name="device">Where it computes; by default the CPU.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no model; one line.</exception>
    public static DenoiserFile Load(string path, Device? device = null)
    {
        if (ScriptName.Is(path))
        {
            var script = ScriptDenoiser.Load(ScriptName.FileOf(path), device);
            return new DenoiserFile(script, script, model: null);
        }

        if (File.Exists(path) && WeightFile.IsZip(path))
        {
            throw new InvalidDataException($"{path}: a zip file and no safetensors; if it is a TorchScript module that you trust, name it as {ScriptName.Of(path)}, which runs its code");
        }

        var model = ModelFile.Load(path, device);
        return new DenoiserFile(model.Denoiser, model, model);
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _owner.Dispose();
}
