using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Search.Verifiers;
using DiffuSharp.Torch;

namespace MyPlugin;

/// <summary>How near the mean pixel is to a wanted one: minus the squared distance.</summary>
[Recipe("brightness")]
public sealed record Brightness : VerifierRecipe, IVerifier
{
    /// <summary>The wanted mean, −1 black to 1 white.</summary>
    [Range(-1.0, 1.0)]
    public double Target { get; init; } = 1;

    /// <inheritdoc/>
    public string Name => ToString();

    /// <inheritdoc/>
    public bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files(VerifierContext context) => [];

    /// <inheritdoc/>
    public override IVerifier Open(VerifierContext context) => this;

    /// <inheritdoc/>
    public Tensor Score(VerifierBatch batch) => -(batch.Images.mean([1, 2, 3]) - Target).square();
}
