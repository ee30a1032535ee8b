using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;

namespace DiffuSharp.Tuning.Losses;

/// <summary>Fréchet distance from the data, whose statistics are those of samples of the start, corrected by every batch.</summary>
[Recipe("fid", Source = "Heusel et al. 2017; control variate of FrechetLoss")]
public sealed record FrechetTuning : DistanceLoss
{
    /// <summary>Latents that are tuned on (with a teacher, no more than it has); their samples by the start are its statistics.</summary>
    [RecipeOption(Name = "anchor-images")]
    [Range(2, 1 << 22)]
    public int AnchorImages { get; init; } = 8192;

    /// <inheritdoc/>
    public override int? Pool => AnchorImages;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, string>> Said => [new("anchor_images", $"{AnchorImages}")];

    /// <inheritdoc/>
    public override ISampleLoss Open(TuningContext context)
    {
        var (features, reference) = (context.FeaturesFor(this), context.ReferenceFor(this));
        var sampler = $"{context.Start}";
        var name = $"start-{FileHash.Short(context.Samples.ModelHash)}-{FileHash.Short(FileHash.OfText(sampler))}";
        var anchor = context.Owns(context.Samples.Get(context.Start, sampler, name, (context.Options.FirstSeed, AnchorImages), "samples of the start"));
        return context.Owns(new FrechetLoss(features, reference, anchor, context.Options.MicroBatch, context.Samples.Cancellation));
    }
}
