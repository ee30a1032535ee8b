namespace DiffuSharp;

/// <summary>Where the description of a TorchScript module lies: beside it, as <c>NAME.pt.json</c>. <c>NAME.json</c> is found too.</summary>
public static class ScriptDescription
{
    private const string Extension = ".json";

    /// <summary>The file to write.</summary>
    /// <param name="module">Path of the module.</param>
    public static string PathOf(string module) => module + Extension;

    /// <summary>The file that is there, or null.</summary>
    /// <param name="module">Path of the module.</param>
    public static string? Find(string module) => new[] { PathOf(module), Path.ChangeExtension(module, Extension) }.FirstOrDefault(File.Exists);
}
