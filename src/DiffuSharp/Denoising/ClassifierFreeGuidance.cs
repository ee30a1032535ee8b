using DiffuSharp.Recipes;

namespace DiffuSharp.Denoising;

/// <summary>Away from the model itself without class.</summary>
[Recipe("cfg", Source = "Ho and Salimans 2022")]
public sealed record ClassifierFreeGuidance : Guidance
{
    /// <inheritdoc/>
    public override string? ReferenceFile => null;
}
