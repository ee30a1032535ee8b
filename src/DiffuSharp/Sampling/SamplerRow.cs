namespace DiffuSharp.Sampling;

/// <summary>
/// One row of a <see cref="SamplerTableau"/>: the state x_i = p_i ξ + Σ a_ij x_j + Σ c_ij D_j + s_i z_i and the noise level σ_i
/// at which it is evaluated. s_i may be left to the network, between two ends. An immutable value (equal when all numbers are equal).
/// </summary>
public sealed class SamplerRow : IEquatable<SamplerRow>
{
    private readonly Term[] _states;
    private readonly Term[] _denoised;

    /// <summary>A row; terms are put in ascending order and zeros are dropped.</summary>
    /// <param name="sigma">σ_i.</param>
    /// <param name="prior">p_i.</param>
    /// <param name="states">a_ij, each j at most once.</param>
    /// <param name="denoised">c_ij, each j at most once.</param>
    /// <param name="noise">s_i.</param>
    /// <param name="noiseFloor">The lower end of s_i where the network chooses it; null where it does not.</param>
    public SamplerRow(double sigma, double prior, IEnumerable<Term> states, IEnumerable<Term> denoised, double noise, double? noiseFloor = null)
    {
        Sigma = sigma;
        Prior = prior;
        Noise = noise;
        NoiseFloor = noiseFloor;
        _states = Canonical(states);
        _denoised = Canonical(denoised);
    }

    /// <summary>
    /// σ_i: the noise level given to the denoiser; in the last row, which is not evaluated, the level that the sample carries.
    /// </summary>
    public double Sigma { get; }

    /// <summary>p_i: the coefficient of ξ, the unit normal prior draw.</summary>
    public double Prior { get; }

    /// <summary>a_ij: the coefficients of earlier states x_j, ascending in j, none 0.</summary>
    public IReadOnlyList<Term> States => _states;

    /// <summary>c_ij: the coefficients of earlier denoised images D_j, ascending in j, none 0.</summary>
    public IReadOnlyList<Term> Denoised => _denoised;

    /// <summary>s_i: the coefficient of z_i, the row's own unit normal draw; 0 draws nothing.</summary>
    public double Noise { get; }

    /// <summary>
    /// Where the network predicts variances and is to choose s_i for each pixel (Nichol and Dhariwal 2021, eq. 15): the lower end of s_i, <see cref="Noise"/> is the
    /// upper one; ln s_i is linear between them in what the network said at row i − 1. Null where s_i is a constant.
    /// </summary>
    public double? NoiseFloor { get; }

    /// <inheritdoc/>
    public bool Equals(SamplerRow? other) =>
        other is not null && Sigma == other.Sigma && Prior == other.Prior && Noise == other.Noise && NoiseFloor == other.NoiseFloor
        && _states.AsSpan().SequenceEqual(other._states) && _denoised.AsSpan().SequenceEqual(other._denoised);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SamplerRow);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Sigma, Prior, Noise, _states.Length, _denoised.Length);

    /// <summary>All numbers in shortest exact form: the text is equal exactly when the rows are.</summary>
    public override string ToString() =>
        $"sigma {Sigma:R} prior {Prior:R} x {string.Join(' ', _states)} D {string.Join(' ', _denoised)} noise {Noise:R} from {NoiseFloor:R}";

    private static Term[] Canonical(IEnumerable<Term> terms) =>
        [.. terms.Where(term => term.Coefficient != 0).OrderBy(term => term.Row)];
}
