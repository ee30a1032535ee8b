using DiffuSharp.Recipes;

namespace DiffuSharp.Denoising;

/// <summary>Away from a second, weaker model.</summary>
[Recipe("autoguidance", Source = "Karras et al. 2024")]
public sealed record Autoguidance : Guidance
{
    /// <summary>File of the weaker model.</summary>
    [RecipeOption(File = true)]
    public string Network { get; init; } = "";

    /// <inheritdoc/>
    public override string? ReferenceFile => Network;

    /// <inheritdoc/>
    protected override void Check()
    {
        base.Check();
        if (Network.Length == 0)
        {
            throw Invalid("names no weaker model; give network=FILE");
        }
    }
}
