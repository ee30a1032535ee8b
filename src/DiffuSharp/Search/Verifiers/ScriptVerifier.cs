using DiffuSharp.Recipes;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>A TorchScript module that scores images.</summary>
[Recipe("script")]
public sealed record ScriptRecipe : VerifierRecipe
{
    /// <summary>The module.</summary>
    [RecipeOption(Positional = true, File = true)]
    public string? File { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files(VerifierContext context) => [File!];

    /// <inheritdoc/>
    public override IVerifier Open(VerifierContext context) => new ScriptVerifier(File!, context.Device);

    /// <inheritdoc/>
    protected override void Check()
    {
        if (File is null)
        {
            throw Invalid("name the file, script:FILE.pt");
        }
    }
}

/// <summary>
/// Any TorchScript module: <c>forward</c> takes float32 images [N,C,H,W] in [−1, 1] and returns scores [N] or [N,1], or logits [N, classes], of which the wanted
/// class's log-probability is the score.
/// </summary>
public sealed class ScriptVerifier : IVerifier, IDisposable
{
    private readonly ScriptModule _module;
    private readonly Device _device;

    /// <summary>Loads the module.</summary>
    /// <param name="path">A TorchScript file.</param>
    /// <param name="device">Where it runs; the CPU by default.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no TorchScript file.</exception>
    public ScriptVerifier(string path, Device? device = null)
    {
        _device = device ?? Device.CPU;
        _module = new ScriptModule(path, _device);
        _module.requires_grad_(false);
        Name = $"script:{Path.GetFileName(path)}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsDifferentiable => true;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The module refuses the images or returns something else.</exception>
    public Tensor Score(VerifierBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        var images = batch.Images.to(_device, ScalarType.Float32);
        var output = Forward(images);
        var n = images.size(0);
        if (output.ndim is < 1 or > 2 || output.size(0) != n)
        {
            throw new InvalidDataException($"verifier {Name}: returned {output.Describe()} for {n} images; it must return [{n}] scores or [{n}, classes] logits");
        }

        var scores = output.numel() == n ? output.reshape(n) : ClassScores.Of(output, batch.Classes, ClassScore.LogProbability, Name);
        return scores.MoveToOuterDisposeScope();
    }

    /// <summary>Frees the module.</summary>
    public void Dispose() => _module.Dispose();

    private Tensor Forward(Tensor images)
    {
        try
        {
            return _module.forward(images);
        }
        catch (TorchException error) when (!error.IsOutOfMemory)
        {
            throw new InvalidDataException($"verifier {Name}: the module refuses its input {images.Describe()}: {error.Cause}", error);
        }
    }
}
