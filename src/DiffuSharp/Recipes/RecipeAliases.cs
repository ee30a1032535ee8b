namespace DiffuSharp.Recipes;

/// <summary>Names that people type already, and the recipes that they stand for.</summary>
public static class RecipeAliases
{
    private static readonly (string Kind, string Alias, string Recipe)[] s_table =
    [
        ("solver", "ddpm-large", "ddpm:variance=fixed_large"),
        ("solver", "ddpm-learned", "ddpm:variance=learned"),
        ("solver", "deis-2", "deis:order=2"),
        ("solver", "deis-3", "deis:order=3"),
        ("solver", "deis-4", "deis:order=4"),
        ("solver", "dpm2-ancestral", "dpm2:eta=1"),
        ("solver", "dpmpp-2m", "dpmpp:order=2"),
        ("solver", "dpmpp-2m-sde", "dpmpp-msde:order=2"),
        ("solver", "dpmpp-2s-ancestral", "dpmpp-2s:eta=1"),
        ("solver", "dpmpp-3m", "dpmpp:order=3"),
        ("solver", "dpmpp-3m-sde", "dpmpp-msde:order=3"),
        ("solver", "euler-ancestral", "ddim:eta=1"),
        ("solver", "ipndm-v", "deis:order=4,polynomial=sigma,lower_order_final=false"),
        ("solver", "pndm-prk", "pndm:runge_kutta=true"),
        ("solver", "unipc-2", "unipc:order=2"),
        ("solver", "unipc-3", "unipc:order=3"),
        ("family", "ggdm+pred", "ggdm:pred=true"),
        ("family", "ggdm+time", "ggdm:time=true"),
        ("family", "ggdm+pred+time", "ggdm:pred=true,time=true"),
        ("verifier", "logit", "classifier:score=logit"),
        ("verifier", "confidence", "classifier:score=confidence"),
    ];

    private static readonly (string Option, string Alias)[] s_options = [("epsilon_s", "eps_s"), ("subsets", "kid-subsets"), ("subset_size", "kid-subset-size"), ("splits", "is-splits"), ("weight", "kid-weight")];

    /// <summary>Other names of an option.</summary>
    public static IEnumerable<string> OfOption(string option) => s_options.Where(row => row.Option == option).Select(row => row.Alias);

    /// <summary>The aliases of a kind.</summary>
    public static IEnumerable<string> Names(RecipeKind kind) => Of(kind).Select(row => row.Alias);

    /// <summary>The aliases of a kind with the recipes that they stand for.</summary>
    public static IEnumerable<(string Alias, string Recipe)> Of(RecipeKind kind) => s_table.Where(row => row.Kind == kind.Name).Select(row => (row.Alias, row.Recipe));

    /// <summary>A text with the alias at its head replaced by what it stands for; the text's own options come after those of the alias.</summary>
    public static string Expand(RecipeKind kind, string text)
    {
        var colon = text.IndexOf(':');
        var name = (colon < 0 ? text : text[..colon]).Trim();
        var recipe = Array.Find(s_table, row => row.Kind == kind.Name && RecipeText.Same(row.Alias, name)).Recipe;
        return recipe is null ? text : colon < 0 ? recipe : $"{recipe}{(recipe.Contains(':') ? ',' : ':')}{text[(colon + 1)..]}";
    }

    /// <summary>The name that people use for a recipe: an alias where there is one with the same options, which are then not repeated.</summary>
    public static (string Name, IReadOnlyList<KeyValuePair<string, string>> Options) Usual(Recipe recipe)
    {
        var options = RecipeText.Describe(recipe);
        foreach (var (_, alias, text) in s_table.Where(row => row.Kind == recipe.Type.Kind.Name && row.Recipe.StartsWith($"{recipe.Type.Name}:", StringComparison.Ordinal)))
        {
            var fixedOnes = text[(recipe.Type.Name.Length + 1)..].Split(',').Select(o => KeyValuePair.Create(o[..o.IndexOf('=')], o[(o.IndexOf('=') + 1)..])).ToList();
            if (fixedOnes.TrueForAll(options.Contains))
            {
                return (alias, [.. options.Where(o => !fixedOnes.Contains(o))]);
            }
        }

        return (recipe.Type.Name, options);
    }
}
