using System.CommandLine;
using DiffuSharp.Recipes;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The flag of an option that one or more recipes have.</summary>
internal sealed class RecipeOptionFlag : Option<string?>
{
    private readonly IReadOnlyList<(RecipeType Recipe, RecipeOption Option)> _owners;
    private readonly bool _isTruth;

    public RecipeOptionFlag(string name, IReadOnlyList<(RecipeType Recipe, RecipeOption Option)> owners)
        : base($"--{name}")
    {
        (OptionName, _owners, HelpName) = (name, owners, owners[0].Option.ValueName);
        _isTruth = owners[0].Option.ValueName == "BOOL";
        foreach (var alias in RecipeAliases.OfOption(name))
        {
            Aliases.Add($"--{alias}");
        }

        Arity = _isTruth ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne;
    }

    /// <summary>The option's name in recipes.</summary>
    public string OptionName { get; }

    /// <summary>What the user gave; a truth value without one is true.</summary>
    public string Value(Invocation run) => run.Get(this) ?? (_isTruth ? "true" : "");

    /// <summary>Fills in the description, for which the documentation comments must be read: only help needs it.</summary>
    public void Describe() => Description = string.Join(' ', _owners
        .GroupBy(o => (o.Option.Summary, o.Option.DefaultText, o.Option.Range))
        .Select(group => $"{string.Join(", ", group.Select(o => o.Recipe.Name))}: {group.Key.Summary.TrimEnd('.')}{Facts(group.First().Option)}."));

    private static string Facts(RecipeOption option)
    {
        var facts = string.Join("; ", new[] { option.DefaultText, option.Range.Length == 0 ? "" : $"in {option.Range}" }.Where(text => text.Length > 0));
        return facts.Length == 0 ? "" : $" [{facts}]";
    }
}
