using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Search.Verifiers;
using DiffuSharp.Torch;

namespace DiffuSharp.Search;

/// <summary>What is searched: for each seed the image of a model that a verifier likes best, within a budget.</summary>
public sealed record SearchProblem
{
    /// <summary>The model, guided or not.</summary>
    public required IDenoiser Denoiser { get; init; }

    /// <summary>The sampler of the candidates.</summary>
    public required SamplerTableau Sampler { get; init; }

    /// <summary>
    /// The sampler with which the winner's noise is run again; null for the candidates' own, whose winning image is kept and costs nothing more.
    /// </summary>
    public SamplerTableau? FinalSampler { get; init; }

    /// <summary>What is maximised.</summary>
    public required IVerifier Verifier { get; init; }

    /// <summary>Scores that are reported for the final images and never looked at by the search.</summary>
    public IVerifier? HeldOut { get; init; }

    /// <summary>Limits.</summary>
    public required SearchBudget Budget { get; init; }

    /// <summary>One image for each; the first candidate is the plain sample of the seed.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>The class of every image; null draws one for each image from its own generator, as <c>sample</c> does.</summary>
    public int? Class { get; init; }

    /// <summary>Candidates that run together. It changes memory and speed, not what is drawn.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Images that are searched together; a multiple of <see cref="Batch"/> keeps all batches full. Algorithms that move budget between
    /// images move it within a block.</summary>
    public int Block { get; init; } = 128;

    /// <summary>Precision of the sampler's states: Float64 as in EDM, or Float32.</summary>
    public ScalarType Precision { get; init; } = ScalarType.Float64;

    /// <summary>NFE at which the best images so far are wanted, ascending, each within the budget.</summary>
    public IReadOnlyList<long> Milestones { get; init; } = [];

    /// <summary>NFE of one final generation; 0 where the winner's image is kept.</summary>
    public long FinalNfe => FinalSampler is null ? 0 : CostOf(FinalSampler);

    /// <summary>NFE of one image with a sampler, guidance counted twice.</summary>
    public long CostOf(SamplerTableau sampler) => sampler.Rows.Take(sampler.Nfe).Sum(row => (long)Denoiser.EvaluationsAt(row.Sigma));

    /// <summary>Checks the problem.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate()
    {
        Budget.Validate();
        new ImageGeneratorOptions { Seeds = Seeds, Class = Class, Batch = Batch, Precision = Precision }.Validate(Denoiser);
        SamplerRun.RequireModel(Sampler, Denoiser);
        if (FinalSampler is not null)
        {
            SamplerRun.RequireModel(FinalSampler, Denoiser);
        }

        if (Seeds.Distinct().Count() != Seeds.Count)
        {
            throw new InvalidInputException("seeds: a seed is named twice; a search makes one image of each");
        }

        if (Block < 1)
        {
            throw new InvalidInputException($"block {Block}: at least 1 image is needed");
        }

        if (Milestones.Any(m => m < 1 || m > Budget.Nfe) || !Milestones.SequenceEqual(Milestones.Order().Distinct()))
        {
            throw new InvalidInputException($"milestones {string.Join(',', Milestones)}: must ascend and lie within the budget");
        }
    }
}
