namespace DiffuSharp.Sampling;

/// <summary>
/// A linear combination of the prior draw ξ, states x_j, denoised images D_j and noise z_i: what a solver writes on paper.
/// Immutable; terms that cancel to exactly 0 vanish. Symbols come from a <see cref="SamplerTableauBuilder"/>.
/// </summary>
public sealed class LinearExpression
{
    private readonly Dictionary<Symbol, double> _coefficients;

    private LinearExpression(Dictionary<Symbol, double> coefficients) => _coefficients = coefficients;

    /// <summary>What a term multiplies.</summary>
    internal enum SymbolKind
    {
        Prior,
        State,
        Denoised,
        Noise,
        NoiseFloor,
    }

    /// <summary>The terms, none 0, in no order.</summary>
    internal IReadOnlyDictionary<Symbol, double> Coefficients => _coefficients;

    /// <summary>Sum.</summary>
    public static LinearExpression operator +(LinearExpression left, LinearExpression right) => Combine(left, right, 1);

    /// <summary>Difference.</summary>
    public static LinearExpression operator -(LinearExpression left, LinearExpression right) => Combine(left, right, -1);

    /// <summary>Product with a number.</summary>
    public static LinearExpression operator *(double factor, LinearExpression expression) => Map(expression, c => factor * c);

    /// <summary>Quotient by a number.</summary>
    public static LinearExpression operator /(LinearExpression expression, double divisor) => Map(expression, c => c / divisor);

    /// <summary>The expression 1·symbol.</summary>
    internal static LinearExpression Of(SymbolKind kind, int row = 0) => new(new() { [new Symbol(kind, row)] = 1 });

    private static LinearExpression Combine(LinearExpression left, LinearExpression right, double sign)
    {
        var sum = new Dictionary<Symbol, double>(left._coefficients);
        foreach ((var symbol, var coefficient) in right._coefficients)
        {
            sum[symbol] = sum.GetValueOrDefault(symbol) + sign * coefficient;
        }

        return WithoutZeros(sum);
    }

    private static LinearExpression Map(LinearExpression expression, Func<double, double> map) =>
        WithoutZeros(expression._coefficients.ToDictionary(term => term.Key, term => map(term.Value)));

    private static LinearExpression WithoutZeros(Dictionary<Symbol, double> coefficients)
    {
        foreach ((var symbol, var coefficient) in coefficients)
        {
            if (coefficient == 0)
            {
                coefficients.Remove(symbol);
            }
        }

        return new LinearExpression(coefficients);
    }

    /// <summary>ξ, x_row, D_row, z_row or the lower end of the strength of z_row.</summary>
    /// <param name="Kind">Which.</param>
    /// <param name="Row">The row; 0 for ξ.</param>
    internal readonly record struct Symbol(SymbolKind Kind, int Row);
}
