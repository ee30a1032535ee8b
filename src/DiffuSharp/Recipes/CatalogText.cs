using System.Text;

namespace DiffuSharp.Recipes;

/// <summary>The catalogue as a page of Markdown, which reads as plain text too.</summary>
public static class CatalogText
{
    /// <summary>Recipes by kind, each with its summary, source and options.</summary>
    public static string Write(IEnumerable<RecipeType> recipes)
    {
        var text = new StringBuilder();
        foreach (var kind in recipes.GroupBy(recipe => recipe.Kind))
        {
            text.Append($"## {kind.Key.Name}\n\n{kind.Key.Summary}\n\n");
            if (RecipeAliases.Of(kind.Key).ToList() is { Count: > 0 } aliases)
            {
                text.Append($"Other names: {string.Join(", ", aliases.Select(a => $"`{a.Alias}` ({a.Recipe})"))}.\n\n");
            }

            foreach (var recipe in kind)
            {
                text.Append($"### {recipe.Name}\n\n{recipe.Summary}{(recipe.Source.Length == 0 ? "" : $" ({recipe.Source})")}\n\n");
                foreach (var option in recipe.Options)
                {
                    text.Append($"- `{option.Name}` {option.ValueName}{Facts(option)}: {option.Summary}\n");
                }

                text.Append(recipe.Options.Count > 0 ? "\n" : "");
            }
        }

        return text.ToString();
    }

    private static string Facts(RecipeOption option) =>
        $"{(option.Range.Length == 0 ? "" : $" in {option.Range}")}{(option.DefaultText.Length == 0 ? "" : $", default {option.DefaultText}")}";
}
