using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Levels;

/// <summary>Where the noise levels of a run lie: a small pure function from a number of steps, and the model, to noise levels.</summary>
[RecipeKind("time-steps")]
public abstract record TimeSteps : Recipe
{
    /// <summary>Whether the state starts at N(0, I) in VP coordinates, as in a discrete process, and not at σ_0 ξ.</summary>
    public virtual bool StartsAtUnitVariance => false;

    /// <summary>The number of steps where it is fixed; null where it may be chosen.</summary>
    public virtual int? FixedSteps => null;

    /// <summary>The levels of a run, within the range that the model knows and rounded to what it distinguishes.</summary>
    /// <param name="steps">N, at least 1.</param>
    /// <param name="model">The model; null for any.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or the model knows no level of the range.</exception>
    public NoiseLevels Create(int steps, IDenoiser? model = null)
    {
        Validate();
        var levels = Exact(FixedSteps ?? steps, model);
        return model is null ? levels : levels.Rounded(model.RoundSigma);
    }

    /// <summary>What a sampler file says of them: number, place, options.</summary>
    public virtual IReadOnlyList<KeyValuePair<string, string>> Describe(int steps, IDenoiser? model) =>
        [new("steps", $"{steps}"), .. RecipeText.Describe(this), new("disc", Type.Name)];

    /// <summary>The levels before they are rounded.</summary>
    protected abstract NoiseLevels Exact(int steps, IDenoiser? model);
}
