using DiffuSharp.Recipes;

namespace DiffuSharp.Tuning.Losses;

/// <summary>What learning a sampler minimises; several are added up.</summary>
[RecipeKind("tuning-loss")]
public abstract record TuningLoss : Recipe
{
    /// <summary>Latents that are used again and again; null where every step may have fresh ones.</summary>
    public virtual int? Pool => null;

    /// <summary>Whether it must have a feature network and reference statistics.</summary>
    public virtual bool NeedsReference => false;

    /// <summary>Its weight in a sum.</summary>
    public virtual double WeightInSum => 1;

    /// <summary>The loss, made ready; computes the samples that it needs if they are not kept yet.</summary>
    /// <exception cref="InvalidInputException">Something is missing or does not fit.</exception>
    public abstract ISampleLoss Open(TuningContext context);

    /// <summary>What a sampler file says of it beside the name of the loss: what differs from the defaults.</summary>
    public virtual IEnumerable<KeyValuePair<string, string>> Said => [];

    /// <summary>What a sampler file says of the data that it needs, last.</summary>
    public virtual IEnumerable<KeyValuePair<string, string>> SaidOfData => [];

    /// <summary>Latents that are used again and again by several losses; 0 for fresh ones.</summary>
    public static int PoolOf(IEnumerable<TuningLoss> losses) => losses.Select(loss => loss.Pool).OfType<int>().DefaultIfEmpty(0).Min();

    /// <summary>The weighted sum of several, or the only one.</summary>
    /// <exception cref="InvalidInputException">Something is missing or does not fit.</exception>
    public static ISampleLoss OpenAll(IReadOnlyList<TuningLoss> losses, TuningContext context) => losses.Count == 1
        ? losses[0].Open(context)
        : new WeightedLoss([.. losses.Select(loss => (loss.Open(context), loss.WeightInSum))]);
}

/// <summary>A distance of features from a reference.</summary>
public abstract record DistanceLoss : TuningLoss
{
    /// <summary>Weight in a sum.</summary>
    [System.ComponentModel.DataAnnotations.Range(0, double.PositiveInfinity, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Weight { get; init; } = 1;

    /// <inheritdoc/>
    public override bool NeedsReference => true;

    /// <inheritdoc/>
    public override double WeightInSum => Weight;
}
