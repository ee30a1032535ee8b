using System.Reflection;

namespace DiffuSharp.Reports;

/// <summary>The files of the folder Assets, which are part of the assembly.</summary>
internal static class ReportAssets
{
    /// <summary>Vega, Vega-Lite and Vega-Embed, compressed, in the order in which they need each other.</summary>
    public static IReadOnlyList<string> Bundles { get; } = ["vega.min.js.gz", "vega-lite.min.js.gz", "vega-embed.min.js.gz"];

    public static string Base64(string name) => Convert.ToBase64String(Bytes(name));

    public static string Text(string name) => System.Text.Encoding.UTF8.GetString(Bytes(name));

    private static byte[] Bytes(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"DiffuSharp.Reports.Assets.{name}")
            ?? throw new InvalidOperationException($"{name} is not in the assembly");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
