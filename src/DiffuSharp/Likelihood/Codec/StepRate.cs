namespace DiffuSharp.Likelihood.Codec;

/// <summary>
/// How many bits one image's step carries, in classes a quarter of an octave apart; class 0 lets the image wait and take the step together with
/// the next one, since few bits cannot be coded well.
/// </summary>
internal static class StepRate
{
    /// <summary>Number of classes with class 0.</summary>
    public const int Classes = 60;

    private const double SmallestBits = 4;
    private const double PerOctave = 4;

    // The mean of the largest of n unit normals is where a normal lies above with probability (e^−γ + 0.2/bits)/n, to half a percent; times √(2π).
    private const double Extreme = 1.4074;
    private const double ExtremeOfFew = 0.5013;

    /// <summary>The class nearest to a number of bits.</summary>
    /// <exception cref="InvalidInputException">The step is far too large.</exception>
    public static int ClassOf(double bits)
    {
        var k = (int)Math.Round(PerOctave * Math.Log2(Math.Max(bits, 1e-9) / SmallestBits)) + 1;
        return k < Classes
            ? Math.Max(k, 0)
            : throw new InvalidInputException($"levels: one step of one image would take {bits:0} bits; list more noise levels");
    }

    /// <summary>Blocks of a step, and candidates in each.</summary>
    public static (int Blocks, int Candidates) Split(int k, int blockBits)
    {
        var bits = SmallestBits * Math.Pow(2, (k - 1) / PerOctave);
        var blocks = (int)Math.Ceiling(bits / blockBits);
        return (blocks, Candidates(bits / blocks));
    }

    /// <summary>
    /// So many candidates that the largest of their components along m is |m| on average, |m|² = 2 ln 2 · bits: then x moves towards x_0 as far
    /// as q wants it. It takes 1.9 bits (of 4) to 2.9 bits (of 18) more than the divergence. Upper tail of the normal distribution by its continued fraction.
    /// </summary>
    private static int Candidates(double bits)
    {
        var m = Math.Sqrt(2 * Math.Log(2) * bits);
        return (int)Math.Round((Extreme + (ExtremeOfFew / bits)) * Math.Pow(2, bits) * (m + (1 / (m + (2 / (m + (3 / m)))))));
    }
}
