using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;

namespace DiffuSharp.Tests.Recipes;

/// <summary>A kind of recipes for tests.</summary>
[RecipeKind("test-tool")]
public abstract record TestTool : Recipe;

/// <summary>How a test saw cuts.</summary>
public enum Cut
{
    /// <summary>Along.</summary>
    RipCut,

    /// <summary>Across.</summary>
    CrossCut,
}

/// <summary>A tool with one option of every type.</summary>
[Recipe("saw", Source = "Smith 2020, eq. 1")]
public sealed record Saw : TestTool
{
    /// <summary>Number of teeth.</summary>
    [Range(1, 100)]
    public int Teeth { get; init; } = 20;

    /// <summary>Strength of the stroke.</summary>
    [Range(0, double.PositiveInfinity)]
    public double S_stroke { get; init; } = 0.5;

    /// <summary>A cosine.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [RecipeOption(Name = "lambda")]
    public double Cosine { get; init; }

    /// <summary>The cut.</summary>
    public Cut Cut { get; init; }

    /// <summary>Whether it is sharp.</summary>
    public bool IsSharp { get; init; } = true;

    /// <summary>A file.</summary>
    [RecipeOption(Positional = true, File = true)]
    public string? Plan { get; init; }

    /// <summary>Another tool.</summary>
    public TestTool? Spare { get; init; }

    /// <summary>Lengths.</summary>
    public IReadOnlyList<double> Lengths { get; init; } = [1, 2];

    /// <inheritdoc/>
    protected override void Check()
    {
        if (Teeth > 50 && !IsSharp)
        {
            throw Invalid($"teeth is {Teeth} and is_sharp is false; only sharp saws have more than 50");
        }
    }
}

/// <summary>A tool without options.</summary>
[Recipe("hammer")]
public sealed record Hammer : TestTool;
