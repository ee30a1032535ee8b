namespace DiffuSharp.Sampling;

/// <summary>
/// A sampler as data. Every row i but the last is one network evaluation D_i = D(x_i; σ_i) of the state
/// x_i = p_i ξ + Σ_{j&lt;i} a_ij x_j + Σ_{j&lt;i} c_ij D_j + s_i z_i; the state of the last row is the sample.
/// ξ and the z_i are independent unit normal images; states are in EDM's coordinates, x = y + σ n (no scaling).
/// An immutable value (equal when all rows are equal).
/// </summary>
public sealed class SamplerTableau : IEquatable<SamplerTableau>
{
    private readonly SamplerRow[] _rows;

    /// <summary>Checks and keeps the rows.</summary>
    /// <param name="rows">At least two rows.</param>
    /// <exception cref="InvalidInputException">
    /// A row refers to itself or a later row or twice to one row, a number is not finite, or an evaluated row has σ ≤ 0.
    /// </exception>
    public SamplerTableau(IEnumerable<SamplerRow> rows)
    {
        _rows = [.. rows];
        if (_rows.Length < 2)
        {
            throw new InvalidInputException("A sampler needs at least two rows: one evaluation and the sample.");
        }

        for (var i = 0; i < _rows.Length; i++)
        {
            Validate(i);
        }
    }

    /// <summary>The rows in the order in which they are computed; the last is the sample.</summary>
    public IReadOnlyList<SamplerRow> Rows => _rows;

    /// <summary>Network evaluations per image: the number of evaluated rows, one less than <see cref="Rows"/>.</summary>
    public int Nfe => _rows.Length - 1;

    /// <summary>Noise draws per image: the number of rows with noise (the prior draw not counted).</summary>
    public int NoiseDraws => _rows.Count(row => row.Noise != 0);

    /// <summary>Whether the network chooses the strength of noise (<see cref="SamplerRow.NoiseFloor"/>): such a sampler runs only models that predict variances.</summary>
    public bool LearnsNoise => _rows.Any(row => row.NoiseFloor is not null);

    /// <summary>
    /// The same sampler from another prior: every p_i times <paramref name="factor"/>. A VP sampler that starts from x_T ~ N(0, I)
    /// starts from √(1 + σ_0²) ξ in EDM's coordinates, a factor of √(1 + σ_0²)/σ_0 on the prior σ_0 ξ.
    /// </summary>
    /// <param name="factor">Finite, not 0.</param>
    /// <exception cref="InvalidInputException">The product is not finite.</exception>
    public SamplerTableau ScalePrior(double factor) =>
        new(_rows.Select(row => new SamplerRow(row.Sigma, factor * row.Prior, row.States, row.Denoised, row.Noise, row.NoiseFloor)));

    /// <summary>The same sampler with a sample times <paramref name="factor"/>: 1/√(1 + σ_N²) gives the VP state in place of EDM's.</summary>
    /// <param name="factor">Greater than 0.</param>
    /// <exception cref="InvalidInputException">A product is not finite.</exception>
    public SamplerTableau ScaleSample(double factor)
    {
        var last = _rows[^1];
        return new([.. _rows.SkipLast(1), new SamplerRow(
            factor * last.Sigma, factor * last.Prior, last.States.Select(Scaled), last.Denoised.Select(Scaled), factor * last.Noise, factor * last.NoiseFloor)]);

        Term Scaled(Term term) => term with { Coefficient = factor * term.Coefficient };
    }

    /// <inheritdoc/>
    public bool Equals(SamplerTableau? other) => other is not null && _rows.AsSpan().SequenceEqual(other._rows);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SamplerTableau);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_rows.Length, _rows[0], _rows[^1]);

    /// <summary>The text of all rows; equal exactly when the tableaus are.</summary>
    public override string ToString() => string.Join<SamplerRow>(';', _rows);

    private void Validate(int i)
    {
        var row = _rows[i];
        var evaluated = i < Nfe;
        if (!double.IsFinite(row.Sigma) || row.Sigma < 0 || (evaluated && row.Sigma == 0))
        {
            throw new InvalidInputException(
                $"Sampler row {i}: sigma is {row.Sigma:R}; it must be finite and {(evaluated ? "positive" : "not negative")}.");
        }

        if (!double.IsFinite(row.Prior) || !double.IsFinite(row.Noise))
        {
            throw new InvalidInputException(
                $"Sampler row {i}: prior is {row.Prior:R} and noise is {row.Noise:R}; both must be finite.");
        }

        if (row.NoiseFloor is { } floor && !(floor > 0 && floor <= row.Noise && i > 0))
        {
            throw new InvalidInputException(
                $"Sampler row {i}: the network chooses noise from {floor:R} to {row.Noise:R}; both must be positive and rising, and a row must go before.");
        }

        Validate(i, row.States, "x");
        Validate(i, row.Denoised, "D");
    }

    private static void Validate(int i, IReadOnlyList<Term> terms, string symbol)
    {
        var previous = -1;
        foreach ((var j, var coefficient) in terms)
        {
            if (j < 0 || j >= i)
            {
                throw new InvalidInputException($"Sampler row {i}: refers to {symbol}_{j}; a row may use earlier rows only.");
            }

            if (j == previous)
            {
                throw new InvalidInputException($"Sampler row {i}: has two coefficients of {symbol}_{j}; add them up.");
            }

            if (!double.IsFinite(coefficient))
            {
                throw new InvalidInputException(
                    $"Sampler row {i}: the coefficient of {symbol}_{j} is {coefficient:R}; it must be finite.");
            }

            previous = j;
        }
    }
}
