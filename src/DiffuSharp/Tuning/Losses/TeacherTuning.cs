using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Levels;
using DiffuSharp.Sampling.Solvers;

namespace DiffuSharp.Tuning.Losses;

/// <summary>Distance from what Heun with many steps makes of the same latents, in pixels and in features.</summary>
[Recipe("teacher")]
public sealed record TeacherTuning : TuningLoss
{
    private static readonly TeacherLossOptions s_usual = new();

    /// <summary>Heun steps of the teacher; 18 are 35 NFE.</summary>
    [RecipeOption(Name = "teacher-steps")]
    [Range(1, 10_000)]
    public int Steps { get; init; } = 18;

    /// <summary>Latents that are tuned on.</summary>
    [RecipeOption(Name = "teacher-images")]
    [Range(2, 1 << 22)]
    public int Images { get; init; } = 1408;

    /// <summary>Weight of the distance of pixels.</summary>
    [RecipeOption(Name = "pixel-weight")]
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double PixelWeight { get; init; } = s_usual.PixelWeight;

    /// <summary>Weight of the distance of features, where there are any.</summary>
    [RecipeOption(Name = "feature-weight")]
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double FeatureWeight { get; init; } = s_usual.FeatureWeight;

    /// <inheritdoc/>
    public override int? Pool => Images;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, string>> Said =>
    [
        .. PixelWeight == s_usual.PixelWeight ? [] : new[] { KeyValuePair.Create("pixel_weight", $"{PixelWeight:R}") },
        .. FeatureWeight == s_usual.FeatureWeight ? [] : new[] { KeyValuePair.Create("feature_weight", $"{FeatureWeight:R}") },
    ];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, string>> SaidOfData => [new("teacher", $"heun, {Steps} steps, {Images} images")];

    /// <inheritdoc/>
    public override ISampleLoss Open(TuningContext context) => Of(context, (context.Options.FirstSeed, Images), "teacher");

    /// <summary>The same distance on the held-out latents.</summary>
    public ISampleLoss OpenHeldOut(TuningContext context) => Of(context, (TunerOptions.FirstHeldOutSeed, context.Options.ValidationImages), "held-out teacher");

    private TeacherLoss Of(TuningContext context, (long First, int Count) seeds, string label)
    {
        var (samples, model) = (context.Samples, context.Samples.Denoiser);
        var range = new EdmSteps().RangeFor(model);
        var sampler = $"heun {Steps} steps {range.Min:R} to {range.Max:R}{(model.Process is null ? "" : ", real times")}";
        var name = $"teacher-{FileHash.Short(samples.ModelHash)}-{Steps}";
        var teacher = context.Owns(samples.Get(new Sampler(new Heun(), Steps).Build(model).Tableau, sampler, name, seeds, label));
        var weights = new TeacherLossOptions { PixelWeight = PixelWeight, FeatureWeight = FeatureWeight };
        return new TeacherLoss(teacher, context.Features, weights, context.Options.MicroBatch, samples.Cancellation);
    }
}
