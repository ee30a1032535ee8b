using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;

namespace DiffuSharp.Tuning.Families;

/// <summary>Families that start at DDIM.</summary>
public abstract record DdimStart : FamilyRecipe
{
    /// <summary>Noise of the DDIM at which it starts.</summary>
    [Range(0.0, 1.0)]
    public virtual double Eta { get; init; }

    /// <inheritdoc/>
    public override Solver Start => new Ddim { Eta = Eta };
}

/// <summary>Levels and weights of older denoised images, with eta also noise; the marginals stay those of the diffusion process.</summary>
[Recipe("marginal")]
public sealed record MarginalPreserving : DdimStart
{
    /// <inheritdoc/>
    public override SamplerFamily Create(NoiseLevels levels, bool unitVariance = false) => new MarginalPreservingFamily(levels, Eta);
}

/// <summary>Variances of the reverse process.</summary>
[Recipe("vars", Source = "Watson et al. 2022, family VARS")]
public sealed record Vars : DdimStart
{
    /// <inheritdoc/>
    public override SamplerFamily Create(NoiseLevels levels, bool unitVariance = false) => new VarsFamily(levels, Eta);
}

/// <summary>DDIM with a learned eta of every step.</summary>
[Recipe("ddim", Source = "Watson et al. 2022, family DDIM")]
public sealed record LearnedDdim : DdimStart
{
    /// <summary>Noise of the DDIM at which it starts.</summary>
    [Range(0.0, 1.0)]
    public override double Eta { get; init; } = DdimFamily.UsualEta;

    /// <inheritdoc/>
    public override SamplerFamily Create(NoiseLevels levels, bool unitVariance = false) => new DdimFamily(levels, Eta);
}

/// <summary>Generalised Gaussian diffusion models.</summary>
[Recipe("ggdm", Source = "Watson et al. 2022, eq. 8 to 12")]
public sealed record LearnedGgdm : DdimStart
{
    private static readonly GgdmFamilyOptions s_usual = new();

    /// <summary>PRED: learn the coefficients of the predicted clean image too.</summary>
    public bool Pred { get; init; } = s_usual.Pred;

    /// <summary>TIME: learn what the network is told too.</summary>
    public bool Time { get; init; } = s_usual.Time;

    /// <summary>Least distance of an initial sigmoid from 0 and 1.</summary>
    [Range(0, 0.5, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Floor { get; init; } = s_usual.Floor;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, string>> Said => [new("floor", $"{Floor:R}")];

    /// <inheritdoc/>
    public override SamplerFamily Create(NoiseLevels levels, bool unitVariance = false) =>
        new GgdmFamily(levels, new GgdmFamilyOptions { Pred = Pred, Time = Time, Eta = Eta, Floor = Floor });
}
