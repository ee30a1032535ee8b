using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Levels;

/// <summary>Noise levels as they are listed, from high to low.</summary>
[Recipe("list")]
public sealed record ListedSteps : TimeSteps
{
    /// <summary>The levels; the last may be 0.</summary>
    [RecipeOption(Positional = true)]
    public IReadOnlyList<double> Sigmas { get; init; } = [];

    /// <inheritdoc/>
    public override int? FixedSteps => Sigmas.Count - 1;

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> Describe(int steps, IDenoiser? model) =>
        [new("sigmas", string.Join(',', Sigmas.Select(sigma => $"{sigma:R}")))];

    /// <inheritdoc/>
    protected override NoiseLevels Exact(int steps, IDenoiser? model) => new(Sigmas);
}
