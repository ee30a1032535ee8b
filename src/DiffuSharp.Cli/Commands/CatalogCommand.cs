using System.CommandLine;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Recipes;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp catalog</c>: every recipe with its options.</summary>
internal sealed class CatalogCommand
{
    private readonly Argument<string?> _kind = new("KIND") { Description = "A kind of recipe, such as solver.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> _name = new("NAME") { Description = "A recipe of that kind.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var catalog = new CatalogCommand();
        var command = new Verb("catalog", "List the recipes that flags take, with their options, defaults, ranges and sources.")
        {
            Examples = ["diffusharp catalog", "diffusharp catalog solver", "diffusharp catalog solver heun --json"],
        };
        command.Add(catalog._kind);
        command.Add(catalog._name);
        command.Add(CommonOptions.Json);
        command.Runs(catalog.Run);
        return command;
    }

    private int Run(Invocation run)
    {
        var kinds = run.Get(_kind) is { } word ? [RecipeCatalog.Kind(word)] : RecipeCatalog.Kinds;
        var recipes = run.Get(_name) is { } name ? [RecipeText.TypeOf(kinds[0], name)] : kinds.SelectMany(kind => kind.Recipes).ToList();
        if (run.Json)
        {
            run.WriteJson(recipes.Select(recipe => new
            {
                Kind = recipe.Kind.Name,
                recipe.Name,
                recipe.Summary,
                recipe.Source,
                Options = recipe.Options.Select(option => new { option.Name, Type = option.ValueName, Default = option.DefaultText, option.Range, option.Summary }),
            }));
            return ExitCode.Success;
        }

        run.WriteLine(CatalogText.Write(recipes).TrimEnd());
        return ExitCode.Success;
    }
}
