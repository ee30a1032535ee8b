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

    // The largest of n unit normals is about |m| only for n = 2^(K + 2.5) with K = |m|²/(2 ln 2). With fewer every step falls short of x_0 in the
    // direction in which x_t errs already, and the noise of x_s grows: by 11 % for 1.5 bits and steps that halve σ.
    private const double Excess = 2.5;

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
        return (blocks, (int)Math.Round(Math.Pow(2, (bits / blocks) + Excess)));
    }
}
