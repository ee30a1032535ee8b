namespace DiffuSharp.Sampling;

/// <summary>Parts of a sampler that can be run on their own, from a state that is already at a row's noise level.</summary>
public static class TableauSegment
{
    /// <summary>
    /// The rows at which a run can be started from their state alone, because no later row uses the prior or anything before them: the beginning of every
    /// step of a one-step method; for a multistep method few or none.
    /// </summary>
    /// <param name="tableau">The sampler.</param>
    public static IReadOnlyList<int> StartRows(SamplerTableau tableau)
    {
        var earliest = tableau.Rows.Count - 1;
        var starts = new List<int>();
        for (var i = tableau.Rows.Count - 1; i >= 0; i--)
        {
            if (earliest >= i && i < tableau.Nfe)
            {
                starts.Add(i);
            }

            var row = tableau.Rows[i];
            earliest = row.Prior != 0 ? -1 : row.States.Concat(row.Denoised).Select(term => term.Row).Append(earliest).Min();
        }

        starts.Reverse();
        return starts;
    }

    /// <summary>
    /// The sampler from a start row to any later row, whose state is its sample. The state of the start row takes the place of the prior draw.
    /// </summary>
    /// <param name="tableau">The sampler.</param>
    /// <param name="from">One of <see cref="StartRows"/>.</param>
    /// <param name="to">A later row.</param>
    /// <exception cref="InvalidInputException">The rows depend on earlier ones.</exception>
    public static SamplerTableau Create(SamplerTableau tableau, int from, int to)
    {
        var first = new SamplerRow(tableau.Rows[from].Sigma, 1, [], [], 0);
        return new SamplerTableau([first, .. tableau.Rows.Take(to + 1).Skip(from + 1).Select(Shifted)]);

        SamplerRow Shifted(SamplerRow row) => row.Prior == 0
            ? new SamplerRow(row.Sigma, 0, row.States.Select(Earlier), row.Denoised.Select(Earlier), row.Noise, row.NoiseFloor)
            : throw new InvalidInputException($"Sampler row {from}: a run cannot start here, later rows use the prior.");

        Term Earlier(Term term) => new(term.Row - from, term.Coefficient);
    }
}
