namespace DiffuSharp.Torch.IO;

/// <summary>Guards booleans from files: a byte other than 0 and 1 would be undefined behaviour in libtorch and in .NET.</summary>
internal static class BooleanBytes
{
    /// <summary>Refuses bytes other than 0 and 1.</summary>
    public static void Check(string path, string name, ReadOnlySpan<byte> bytes)
    {
        if (bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
        {
            throw InvalidFile.Error(
                path, $"the booleans of {InvalidFile.Quote(name)} have bytes other than 0 and 1",
                "the file is damaged, copy or download it again");
        }
    }
}
