using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Denoising;

/// <summary>How predictions are moved away from those of a weaker denoiser: D = D_ref + w (D_main − D_ref).</summary>
[RecipeKind("guidance")]
public abstract record Guidance : Recipe
{
    /// <summary>w; 1 is off.</summary>
    [RecipeOption(Positional = true)]
    public double Weight { get; init; } = 1;

    /// <summary>Lowest noise level that is guided (Kynkäänniemi et al. 2024); the others cost no second evaluation.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double? Low { get; init; }

    /// <summary>Highest noise level that is guided.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double? High { get; init; }

    /// <summary>File of the weaker model; null where the model guides itself.</summary>
    public abstract string? ReferenceFile { get; }

    /// <summary>A denoiser with this guidance; itself where the weight is 1.</summary>
    /// <param name="main">The denoiser.</param>
    /// <param name="reference">The model of <see cref="ReferenceFile"/>; null where there is none.</param>
    /// <exception cref="InvalidInputException">The guidance cannot be had with these models.</exception>
    public IDenoiser Apply(IDenoiser main, IDenoiser? reference) => Weight == 1 ? main : new GuidedDenoiser(main, Weight, reference, Interval);

    /// <inheritdoc/>
    protected override void Check()
    {
        if (Low is { } low && High is { } high && low >= high)
        {
            throw Invalid($"low is {low:R} and high is {high:R}; low must be below high");
        }
    }

    private SigmaRange? Interval => Low is null && High is null ? null : new SigmaRange(Low ?? double.Epsilon, High ?? double.MaxValue);
}
