namespace DiffuSharp;

/// <summary>
/// How a user names a TorchScript module: <c>torchscript:FILE</c>. The module is code, and this name alone decides that it is run, never the
/// name or the content of the file.
/// </summary>
public static class ScriptName
{
    /// <summary>What stands before the file.</summary>
    public const string Prefix = "torchscript:";

    /// <summary>Whether a name asks for code to be run.</summary>
    public static bool Is(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The file that is named, with or without the prefix.</summary>
    public static string FileOf(string name) => Is(name) ? name[Prefix.Length..] : name;

    /// <summary>The name that asks for a file to be run.</summary>
    public static string Of(string file) => Prefix + file;
}
