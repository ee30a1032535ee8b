using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace DiffuSharp.Recipes;

/// <summary>One option of a recipe: a property.</summary>
public sealed class RecipeOption
{
    private readonly RangeAttribute? _range;
    private readonly RecipeOptionAttribute? _attribute;
    private readonly string _recipe;

    private RecipeOption(PropertyInfo property, Recipe defaults, string recipe)
    {
        _recipe = recipe;
        Property = property;
        Default = property.GetValue(defaults);
        _range = property.GetCustomAttribute<RangeAttribute>();
        _attribute = property.GetCustomAttribute<RecipeOptionAttribute>();
        Name = _attribute?.Name ?? NameOf(property);
    }

    /// <summary>The option's name: <c>lower_order_final</c>, <c>S_churn</c>.</summary>
    public string Name { get; }

    /// <summary>The value of a recipe that says nothing.</summary>
    public object? Default { get; }

    /// <summary>The default as text; empty for none.</summary>
    public string DefaultText => RecipeValue.Write(Default);

    /// <summary>The range as text, <c>[0, 1)</c>, or the words that it takes; empty for none.</summary>
    public string Range => _range is { } range ? RangeText(range) : string.Join('|', RecipeValue.Words(Property.PropertyType));

    /// <summary>What it takes: INT, FLOAT, BOOL, WORD, FILE, TEXT or LIST.</summary>
    public string ValueName => IsFile ? "FILE" : RecipeValue.TypeName(Property.PropertyType);

    /// <summary>The first sentences of its documentation comment.</summary>
    public string Summary => XmlDocumentation.Of(Property.DeclaringType!.Assembly).Summary(Property);

    /// <summary>Whether the value may stand without its name.</summary>
    public bool IsPositional => _attribute?.Positional ?? false;

    /// <summary>Whether the value is a path.</summary>
    public bool IsFile => _attribute?.File ?? false;

    internal PropertyInfo Property { get; }

    /// <summary>The value in a recipe.</summary>
    public object? Get(Recipe recipe) => Property.GetValue(recipe);

    internal static IReadOnlyList<RecipeOption> Of(Type type)
    {
        var defaults = (Recipe)Activator.CreateInstance(type)!;
        var name = type.GetCustomAttribute<RecipeAttribute>()!.Name;
        return
        [
            .. type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
                .Where(property => property is { CanRead: true, SetMethod.IsPublic: true } && property.GetCustomAttribute<RecipeOptionAttribute>() is not { Ignore: true })
                .OrderBy(property => property.DeclaringType == type ? 0 : 1).ThenBy(property => property.MetadataToken)
                .Select(property => new RecipeOption(property, defaults, name)),
        ];
    }

    internal object? Parse(string text)
    {
        try
        {
            return RecipeValue.Parse(Property.PropertyType, text);
        }
        catch (FormatException error)
        {
            throw new InvalidInputException($"{_recipe}: {Name} {text}: {error.Message}");
        }
    }

    internal void Check(Recipe recipe)
    {
        var value = Get(recipe);
        if (value is Recipe inner)
        {
            inner.Validate();
        }

        var fault = value switch
        {
            double number when double.IsNaN(number) => "must be a number",
            double number when _range is null && !double.IsFinite(number) => "must be finite",
            not null when _range is { } range && !range.IsValid(value) => $"must lie in {RangeText(range)}",
            _ => null,
        };
        if (fault is not null)
        {
            throw new InvalidInputException($"{_recipe}: {Name} is {RecipeValue.Write(value)}; it {fault}");
        }
    }

    private static string NameOf(PropertyInfo property) =>
        property.Name.Contains('_') ? property.Name : JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    private static string RangeText(RangeAttribute range)
    {
        var (low, high) = (RecipeValue.Write(range.Minimum), range.Maximum is int.MaxValue or long.MaxValue ? "inf" : RecipeValue.Write(range.Maximum));
        var open = range.MaximumIsExclusive || range.Maximum is int.MaxValue or long.MaxValue;
        return $"{(range.MinimumIsExclusive ? '(' : '[')}{low}, {high}{(open ? ')' : ']')}";
    }
}
