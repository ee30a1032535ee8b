using FsCheck;
using FsCheck.Fluent;

namespace DiffuSharp.Torch.Tests.IO;

/// <summary>One way to damage a file.</summary>
public sealed record Mutation(MutationKind Kind, int Position, int Other, int Value)
{
    /// <summary>One to four mutations.</summary>
    public static Arbitrary<Mutation[]> Several { get; } = Arb.From(
        from count in Gen.Choose(1, 4)
        from mutations in (from kind in Gen.Elements(Enum.GetValues<MutationKind>())
                           from position in Gen.Choose(0, int.MaxValue - 1)
                           from other in Gen.Choose(0, int.MaxValue - 1)
                           from value in Gen.OneOf(Gen.Choose(0, 255), Gen.Elements<int>([.. "0189-,:{}[]()'\"LT"u8]))
                           select new Mutation(kind, position, other, value)).ArrayOf(count)
        select mutations);

    /// <summary>The damaged file.</summary>
    public byte[] Apply(byte[] file)
    {
        if (file.Length == 0)
        {
            return file;
        }

        var at = Position % file.Length;
        var from = Other % file.Length;
        var length = Math.Min(1 + (Value % 32), file.Length - from);
        byte[] changed = [.. file];
        switch (Kind)
        {
            case MutationKind.Set:
                changed[at] = (byte)Value;
                return changed;
            case MutationKind.FlipBit:
                changed[at] ^= (byte)(1 << (Value & 7));
                return changed;
            case MutationKind.Truncate:
                return file[..at];
            case MutationKind.Insert:
                return [.. file[..at], (byte)Value, .. file[at..]];
            case MutationKind.Remove:
                return [.. file[..from], .. file[(from + length)..]];
            case MutationKind.Overwrite:
                file.AsSpan(from, Math.Min(length, file.Length - at)).CopyTo(changed.AsSpan(at));
                return changed;
            default:
                return [.. file[..at], .. file.AsSpan(from, length), .. file[at..]];
        }
    }
}
