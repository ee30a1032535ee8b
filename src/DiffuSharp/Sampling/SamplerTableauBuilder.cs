using static DiffuSharp.Sampling.LinearExpression;

namespace DiffuSharp.Sampling;

/// <summary>
/// Records the network evaluations of a solver written as on paper, with <see cref="LinearExpression"/>s for images:
/// one row per <see cref="Evaluate"/>. States that are never evaluated are folded into the rows that use them.
/// </summary>
public sealed class SamplerTableauBuilder
{
    private readonly List<SamplerRow> _rows = [];

    /// <summary>ξ: the unit normal prior draw.</summary>
    public LinearExpression Xi { get; } = Of(SymbolKind.Prior);

    /// <summary>z: the fresh unit normal draw of the next row; it can enter no other row.</summary>
    public LinearExpression Z => Of(SymbolKind.Noise, _rows.Count);

    /// <summary>s z with the strength s that the network chooses for each pixel; in place of s <see cref="Z"/>.</summary>
    /// <param name="low">Smallest s.</param>
    /// <param name="high">Largest s; both are positive, or 0 for no noise.</param>
    public LinearExpression ChosenZ(double low, double high) => low * Of(SymbolKind.NoiseFloor, _rows.Count) + high * Z;

    /// <summary>Adds a row: evaluates the network at <paramref name="state"/> and <paramref name="sigma"/>.</summary>
    /// <param name="state">The state in EDM's coordinates, x = y + σ n.</param>
    /// <param name="sigma">The noise level given to the network, greater than 0.</param>
    /// <returns>The state X = x_i and the denoised image D = D_i as symbols for later rows.</returns>
    public (LinearExpression X, LinearExpression D) Evaluate(LinearExpression state, double sigma)
    {
        var i = _rows.Count;
        _rows.Add(Row(state, sigma));
        return (Of(SymbolKind.State, i), Of(SymbolKind.Denoised, i));
    }

    /// <summary>Adds the last row and returns the tableau.</summary>
    /// <param name="state">The sample, in EDM's coordinates.</param>
    /// <param name="sigma">The noise level that the sample still carries, usually 0.</param>
    /// <exception cref="InvalidInputException">
    /// A number is not finite, an evaluated noise level is not positive, or nothing was evaluated.
    /// </exception>
    public SamplerTableau Sample(LinearExpression state, double sigma = 0) => new([.. _rows, Row(state, sigma)]);

    private SamplerRow Row(LinearExpression state, double sigma)
    {
        var states = new List<Term>();
        var denoised = new List<Term>();
        double prior = 0;
        double noise = 0;
        double? floor = null;
        foreach (((var kind, var row), var coefficient) in state.Coefficients)
        {
            switch (kind)
            {
                case SymbolKind.Prior:
                    prior = coefficient;
                    break;
                case SymbolKind.State:
                    states.Add(new Term(row, coefficient));
                    break;
                case SymbolKind.Denoised:
                    denoised.Add(new Term(row, coefficient));
                    break;
                case SymbolKind.Noise when row == _rows.Count:
                    noise = coefficient;
                    break;
                case SymbolKind.NoiseFloor when row == _rows.Count:
                    floor = coefficient;
                    break;
                default:
                    throw new InvalidOperationException(
                        $"Row {_rows.Count} uses the noise of row {row}; take Z anew for every row.");
            }
        }

        return new SamplerRow(sigma, prior, states, denoised, noise, floor);
    }
}
