namespace DiffuSharp.Networks.Diffusers;

/// <summary>The names of the attention's dense layers before version 0.15 of the library, and those since.</summary>
internal static class AttentionNames
{
    private static readonly (string Old, string Present)[] s_names =
    [
        (".query.", ".to_q."), (".key.", ".to_k."), (".value.", ".to_v."), (".proj_attn.", ".to_out.0."),
    ];

    /// <summary>The present name of a parameter.</summary>
    public static string Present(string name) => name.Contains("attentions.", StringComparison.Ordinal)
        ? s_names.Aggregate(name, (current, pair) => current.Replace(pair.Old, pair.Present, StringComparison.Ordinal))
        : name;
}
