namespace DiffuSharp.Sampling.Running;

/// <summary>
/// Which numbers of a tableau are present, in which order: with a vector of their values it is a <see cref="SamplerTableau"/>, and with a
/// tensor of their values its differentiable twin. Numbers that are not listed are 0; values that are listed may be 0. Immutable.
/// </summary>
public sealed class TableauLayout
{
    private readonly TableauCoefficient[] _coefficients;
    private readonly Dictionary<TableauCoefficient, int> _positions;

    /// <summary>Checks and keeps the places.</summary>
    /// <param name="rows">Rows, the sample's included; at least 2.</param>
    /// <param name="coefficients">σ_i of every evaluated row, and any others, each once.</param>
    /// <param name="finalSigma">The noise level that the sample carries; a constant.</param>
    /// <exception cref="InvalidInputException">A σ is missing, or a place is listed twice or lies outside.</exception>
    public TableauLayout(int rows, IEnumerable<TableauCoefficient> coefficients, double finalSigma = 0)
    {
        Rows = rows;
        FinalSigma = finalSigma;
        _coefficients = [.. coefficients];
        _positions = [];
        for (var k = 0; k < _coefficients.Length; k++)
        {
            var (kind, row, column) = _coefficients[k];
            var inside = row >= 0 && row < rows && kind switch
            {
                CoefficientKind.Sigma => row < rows - 1 && column == 0,
                CoefficientKind.State or CoefficientKind.Denoised => column >= 0 && column < row,
                _ => column == 0,
            };
            if (!inside || !_positions.TryAdd(_coefficients[k], k))
            {
                throw new InvalidInputException($"a layout of {rows} rows cannot hold {_coefficients[k]}, or holds it already");
            }
        }

        if (Enumerable.Range(0, rows - 1).Any(i => PositionOf(new(CoefficientKind.Sigma, i)) is null))
        {
            throw new InvalidInputException($"a layout of {rows} rows needs the noise level of each but the last");
        }

        NoisyRows = [.. _coefficients.Where(c => c.Kind == CoefficientKind.Noise).Select(c => c.Row).Order()];
    }

    /// <summary>Rows, the sample's included.</summary>
    public int Rows { get; }

    /// <summary>Network evaluations.</summary>
    public int Nfe => Rows - 1;

    /// <summary>The noise level that the sample carries.</summary>
    public double FinalSigma { get; }

    /// <summary>The places in the order of the vector.</summary>
    public IReadOnlyList<TableauCoefficient> Coefficients => _coefficients;

    /// <summary>The rows that draw noise, ascending.</summary>
    public IReadOnlyList<int> NoisyRows { get; }

    /// <summary>The numbers that a tableau has.</summary>
    /// <param name="tableau">The tableau.</param>
    /// <param name="more">Places that are wanted too, whether the tableau has them or not.</param>
    /// <exception cref="InvalidInputException">The network chooses the sampler's noise.</exception>
    public static TableauLayout Of(SamplerTableau tableau, params IEnumerable<TableauCoefficient> more)
    {
        if (tableau.LearnsNoise)
        {
            throw new InvalidInputException("a sampler that takes its variances from the model has no numbers for them: start from ddpm or ddpm-large");
        }

        var own = new List<TableauCoefficient>();
        for (var i = 0; i < tableau.Rows.Count; i++)
        {
            own.AddRange(Present(tableau, i).Select(entry => entry.Place));
        }

        return new TableauLayout(tableau.Rows.Count, own.Union(more), tableau.Rows[^1].Sigma);
    }

    /// <summary>The position of a number in the vector; null if it is not listed.</summary>
    public int? PositionOf(TableauCoefficient coefficient) => _positions.TryGetValue(coefficient, out var position) ? position : null;

    /// <summary>The vector of a tableau.</summary>
    /// <exception cref="InvalidInputException">The tableau has other rows, or a number that is not listed.</exception>
    public double[] Read(SamplerTableau tableau)
    {
        if (tableau.Rows.Count != Rows)
        {
            throw new InvalidInputException($"the sampler has {tableau.Rows.Count} rows, the layout {Rows}");
        }

        var values = new double[_coefficients.Length];
        for (var i = 0; i < Rows; i++)
        {
            foreach (var (place, value) in Present(tableau, i))
            {
                values[PositionOf(place) ?? throw new InvalidInputException($"the layout does not hold {place} of the sampler")] = value;
            }
        }

        return values;
    }

    /// <summary>The tableau of a vector.</summary>
    /// <param name="values">One number for each place.</param>
    /// <exception cref="InvalidInputException">The numbers make no sampler.</exception>
    public SamplerTableau Build(IReadOnlyList<double> values)
    {
        if (values.Count != _coefficients.Length)
        {
            throw new InvalidInputException($"{values.Count} numbers for a layout of {_coefficients.Length}");
        }

        var byRow = _coefficients.Select((place, k) => (place, value: values[k])).ToLookup(entry => entry.place.Row);
        return new SamplerTableau(Enumerable.Range(0, Rows).Select(i => new SamplerRow(
            i == Nfe ? FinalSigma : Single(CoefficientKind.Sigma, i),
            Single(CoefficientKind.Prior, i),
            Terms(CoefficientKind.State, i),
            Terms(CoefficientKind.Denoised, i),
            Single(CoefficientKind.Noise, i))));

        double Single(CoefficientKind kind, int i) => PositionOf(new(kind, i)) is { } k ? values[k] : 0;

        IEnumerable<Term> Terms(CoefficientKind kind, int i) =>
            byRow[i].Where(entry => entry.place.Kind == kind).Select(entry => new Term(entry.place.Column, entry.value));
    }

    private static IEnumerable<(TableauCoefficient Place, double Value)> Present(SamplerTableau tableau, int i)
    {
        var row = tableau.Rows[i];
        if (i < tableau.Nfe)
        {
            yield return (new(CoefficientKind.Sigma, i), row.Sigma);
        }

        if (row.Prior != 0)
        {
            yield return (new(CoefficientKind.Prior, i), row.Prior);
        }

        foreach (var (j, a) in row.States)
        {
            yield return (new(CoefficientKind.State, i, j), a);
        }

        foreach (var (j, c) in row.Denoised)
        {
            yield return (new(CoefficientKind.Denoised, i, j), c);
        }

        if (row.Noise != 0)
        {
            yield return (new(CoefficientKind.Noise, i), row.Noise);
        }
    }
}

/// <summary>The place of one number in a <see cref="SamplerTableau"/>.</summary>
/// <param name="Kind">What it multiplies.</param>
/// <param name="Row">i.</param>
/// <param name="Column">j of a_ij and c_ij; 0 otherwise.</param>
public readonly record struct TableauCoefficient(CoefficientKind Kind, int Row, int Column = 0);

/// <summary>The kinds of numbers in a row x_i = p_i ξ + Σ a_ij x_j + Σ c_ij D_j + s_i z_i, D_i = D(x_i; σ_i).</summary>
public enum CoefficientKind
{
    /// <summary>σ_i, what the network is told.</summary>
    Sigma,

    /// <summary>p_i.</summary>
    Prior,

    /// <summary>a_ij.</summary>
    State,

    /// <summary>c_ij.</summary>
    Denoised,

    /// <summary>s_i.</summary>
    Noise,
}
