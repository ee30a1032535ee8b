using FsCheck;
using FsCheck.Fluent;

namespace DiffuSharp.Tests.Data;

/// <summary>Files with a few bytes changed and perhaps cut short.</summary>
internal static class Mutation
{
    public static Arbitrary<byte[]> Of(byte[] valid)
    {
        Gen<(int At, byte Value)> edit =
            from at in Gen.Choose(0, valid.Length - 1)
            from value in Gen.Choose(0, 255)
            select (at, (byte)value);
        var mutated =
            from edits in Gen.ListOf(edit)
            from length in Gen.Frequency((2, Gen.Constant(valid.Length)), (1, Gen.Choose(0, valid.Length)))
            select Apply(valid, edits, length);
        return mutated.ToArbitrary();
    }

    private static byte[] Apply(byte[] valid, IEnumerable<(int At, byte Value)> edits, int length)
    {
        byte[] copy = [.. valid];
        foreach ((var at, var value) in edits)
        {
            copy[at] = value;
        }

        return copy[..length];
    }
}
