namespace DiffuSharp.Recipes;

/// <summary>Names that people type already, and the recipes that they stand for.</summary>
internal static class RecipeAliases
{
    private static readonly (string Kind, string Alias, string Recipe)[] s_table =
    [
    ];

    /// <summary>The aliases of a kind.</summary>
    public static IEnumerable<string> Names(RecipeKind kind) => s_table.Where(row => row.Kind == kind.Name).Select(row => row.Alias);

    /// <summary>A text with the alias at its head replaced by what it stands for; the text's own options come after those of the alias.</summary>
    public static string Expand(RecipeKind kind, string text)
    {
        var colon = text.IndexOf(':');
        var name = (colon < 0 ? text : text[..colon]).Trim();
        var recipe = Array.Find(s_table, row => row.Kind == kind.Name && RecipeText.Same(row.Alias, name)).Recipe;
        return recipe is null ? text : colon < 0 ? recipe : $"{recipe}{(recipe.Contains(':') ? ',' : ':')}{text[(colon + 1)..]}";
    }
}
