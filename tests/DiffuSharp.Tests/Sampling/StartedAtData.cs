using DiffuSharp.Sampling;

namespace DiffuSharp.Tests.Sampling;

/// <summary>
/// A sampler whose prior draw is replaced by noised data, so that its marginals can be compared with those of the process.
/// </summary>
internal static class StartedAtData
{
    /// <summary>The same sampler one row later, its prior p_i ξ replaced by p_i/σ_max (x_0 + σ_max ξ).</summary>
    public static SamplerTableau From(SamplerTableau tableau)
    {
        var sigmaMax = tableau.Rows[0].Prior;
        var rows = new List<SamplerRow> { new(sigmaMax, sigmaMax, [], [], 0) };
        foreach (var row in tableau.Rows)
        {
            IEnumerable<Term> data = row.Prior == 0 ? [] : [new Term(0, row.Prior / sigmaMax)];
            rows.Add(new SamplerRow(
                row.Sigma,
                row.Prior,
                row.States.Select(term => term with { Row = term.Row + 1 }),
                [.. data, .. row.Denoised.Select(term => term with { Row = term.Row + 1 })],
                row.Noise));
        }

        return new SamplerTableau(rows);
    }
}
