using System.Reflection;

namespace DiffuSharp.Recipes;

/// <summary>What the catalogue knows of a recipe, all of it read from the record.</summary>
public sealed class RecipeType
{
    private readonly Lazy<IReadOnlyList<RecipeOption>> _options;
    private readonly Lazy<string> _summary;

    internal RecipeType(Type type, RecipeAttribute attribute, RecipeKind kind)
    {
        (ClrType, Kind, Name, Source) = (type, kind, attribute.Name, attribute.Source);
        _options = new(() => RecipeOption.Of(type));
        _summary = new(() => XmlDocumentation.Of(type.Assembly).Summary(type));
    }

    /// <summary>The name, for example <c>dpmpp</c>.</summary>
    public string Name { get; }

    /// <summary>The kind to which it belongs.</summary>
    public RecipeKind Kind { get; }

    /// <summary>Paper and equation; empty where there is none.</summary>
    public string Source { get; }

    /// <summary>The record.</summary>
    public Type ClrType { get; }

    /// <summary>The first sentences of its documentation comment.</summary>
    public string Summary => _summary.Value;

    /// <summary>Its options in the order of declaration.</summary>
    public IReadOnlyList<RecipeOption> Options => _options.Value;

    /// <summary>The recipe with all defaults.</summary>
    public Recipe Create() => Create([]);

    /// <summary>The option of a name.</summary>
    /// <exception cref="InvalidInputException">There is none; the message suggests the nearest.</exception>
    public RecipeOption Option(string name) => Find(name) ?? throw new InvalidInputException(Options.Count == 0
        ? $"{Name} has no options, so no '{name}'"
        : $"{Name} has no option '{name}'{Suggestion.Text(name, Options.Select(o => o.Name))}; its options are {string.Join(", ", Options.Select(o => o.Name))}");

    /// <summary>The option of a name, hyphens, underscores and case aside; null if there is none.</summary>
    public RecipeOption? Find(string name) => Options.FirstOrDefault(option => RecipeText.Same(option.Name, name));

    // Values are set before the recipe is used: init-only properties can still be set by reflection.
    internal Recipe Create(IEnumerable<(RecipeOption Option, object? Value)> values)
    {
        try
        {
            var recipe = (Recipe)Activator.CreateInstance(ClrType)!;
            foreach (var (option, value) in values)
            {
                option.Property.SetValue(recipe, value);
            }

            return recipe;
        }
        catch (TargetInvocationException error) when (error.InnerException is { } inner)
        {
            throw new InvalidInputException($"{Name}: {inner.Message}");
        }
    }
}

/// <summary>A kind of recipes, for example all solvers.</summary>
/// <param name="Name">For example <c>solver</c>.</param>
/// <param name="ClrType">The abstract record from which its recipes derive.</param>
public sealed record RecipeKind(string Name, Type ClrType)
{
    /// <summary>The first sentences of its documentation comment.</summary>
    public string Summary => XmlDocumentation.Of(ClrType.Assembly).Summary(ClrType);

    /// <summary>Its recipes, in the order in which they were declared to the catalogue.</summary>
    public IReadOnlyList<RecipeType> Recipes => RecipeCatalog.Of(this);
}
