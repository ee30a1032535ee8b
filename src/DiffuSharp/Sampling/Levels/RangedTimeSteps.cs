using System.ComponentModel.DataAnnotations;
using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Levels;

/// <summary>Time steps between a lowest and a highest noise level.</summary>
public abstract record RangedTimeSteps : TimeSteps
{
    /// <summary>Lowest noise level above 0; by default that of the published sampler.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double? SigmaMin { get; init; }

    /// <summary>Highest noise level; by default that of the published sampler.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double? SigmaMax { get; init; }

    /// <summary>The range of the published sampler.</summary>
    protected abstract SigmaRange Usual { get; }

    /// <summary>The part of the range that a model knows, as EDM's samplers cut it before they choose steps.</summary>
    /// <exception cref="InvalidInputException">It knows none of it.</exception>
    public SigmaRange RangeFor(IDenoiser? model)
    {
        var usual = Usual;
        var range = new SigmaRange(SigmaMin ?? usual.Min, SigmaMax ?? usual.Max);
        return model is null ? range : range.Intersect(model.SigmaMin, model.SigmaMax);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> Describe(int steps, IDenoiser? model)
    {
        var range = RangeFor(model);
        var others = RecipeText.Describe(this with { SigmaMin = null, SigmaMax = null }).Where(option => option.Value.Length > 0);
        return [new("steps", $"{steps}"), new("sigma_min", $"{range.Min:R}"), new("sigma_max", $"{range.Max:R}"), .. others, new("disc", Type.Name)];
    }

    /// <inheritdoc/>
    protected sealed override NoiseLevels Exact(int steps, IDenoiser? model)
    {
        var range = RangeFor(model);
        return Between(range, steps).Over(range);
    }

    /// <summary>The levels between two.</summary>
    protected abstract NoiseLevels Between(SigmaRange range, int steps);

    /// <inheritdoc/>
    protected override void Check() => RangeFor(model: null);
}
