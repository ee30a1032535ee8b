using DiffuSharp.Torch;

namespace DiffuSharp.Schedules;

/// <summary>
/// The noise levels u_0 &gt; u_1 &gt; … &gt; u_M = 0 of the cosine schedule of iDDPM: u_{j−1} = √((u_j² + 1) / max(ᾱ_{j−1}/ᾱ_j,
/// C_1) − 1) with ᾱ_j = sin²(π j / (2 M (C_2 + 1))) (Karras et al. 2022, Table 1, column iDDPM + DDIM). An immutable value.
/// </summary>
public sealed class IddpmLevels
{
    /// <summary>M of iDDPM.</summary>
    public const int UsualM = 1000;

    /// <summary>C_1 of iDDPM.</summary>
    public const double UsualC1 = 0.001;

    /// <summary>C_2 of iDDPM.</summary>
    public const double UsualC2 = 0.008;

    private readonly double[] _u;

    /// <summary>Runs the recursion.</summary>
    /// <param name="m">M, the number of levels above 0, at least 1.</param>
    /// <param name="c1">C_1 in (0, 1), the smallest ratio of neighbouring ᾱ.</param>
    /// <param name="c2">C_2, the offset of the cosine, at least 0.</param>
    /// <exception cref="InvalidInputException">A constant is out of range.</exception>
    public IddpmLevels(int m = UsualM, double c1 = UsualC1, double c2 = UsualC2)
    {
        if (m < 1 || !(c1 is > 0 and < 1) || !(c2 >= 0 && double.IsFinite(c2)))
        {
            throw new InvalidInputException(
                $"M is {m}, C_1 is {c1:R} and C_2 is {c2:R}; they need M >= 1, 0 < C_1 < 1 and C_2 >= 0.");
        }

        var alphaBar = AlphaBar(m, c2);
        _u = new double[m + 1];
        for (var j = m; j > 0; j--)
        {
            double ratio = alphaBar[j - 1] / alphaBar[j];
            _u[j - 1] = Math.Sqrt((_u[j] * _u[j] + 1) / Math.Max(ratio, (float)c1) - 1);
            if (!(_u[j - 1] > _u[j]))
            {
                throw new InvalidInputException(
                    $"The iDDPM noise levels do not fall at j = {j}; M = {m} is too large for C_2 = {c2:R}.");
            }
        }
    }

    /// <summary>M, the number of levels above 0.</summary>
    public int M => _u.Length - 1;

    /// <summary>u_j for j in [0, M].</summary>
    /// <param name="j">Index; 0 is the noisiest level.</param>
    public double this[int j] => _u[j];

    /// <summary>
    /// ᾱ_0 … ᾱ_M, ᾱ_j = sin²(π j / (2 M (C_2 + 1))), in single precision with libtorch's sine, as in the published code, whose networks
    /// know just these levels: 1 − ᾱ is so small at the clean end that u_{M−1} depends on this rounding in its third digit, and therefore
    /// on the version of libtorch.
    /// </summary>
    /// <param name="m">M.</param>
    /// <param name="c2">C_2.</param>
    public static float[] AlphaBar(int m = 1000, double c2 = 0.008)
    {
        using var scope = torch.NewDisposeScope();
        var angles = Enumerable.Range(0, m + 1).Select(j => (float)(0.5 * Math.PI) * j / m / (float)(c2 + 1)).ToArray();
        return torch.tensor(angles).sin().square().ToArray<float>();
    }

    /// <summary>The index j in [0, M) of the level nearest to σ, argmin_j |u_j − σ|; the first of two equally near.</summary>
    /// <param name="sigma">Noise level.</param>
    public int NearestIndex(double sigma)
    {
        var nearest = 0;
        for (var j = 1; j < M; j++)
        {
            if (Math.Abs(_u[j] - sigma) < Math.Abs(_u[nearest] - sigma))
            {
                nearest = j;
            }
        }

        return nearest;
    }

    /// <summary>The level above 0 nearest to σ: what a network trained on these levels alone makes of σ.</summary>
    /// <param name="sigma">Noise level.</param>
    public double Round(double sigma) => _u[NearestIndex(sigma)];
}
