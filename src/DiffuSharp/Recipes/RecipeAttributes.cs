namespace DiffuSharp.Recipes;

/// <summary>Makes a record a recipe that can be named.</summary>
/// <param name="name">The name, unique within its kind, for example <c>dpmpp</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RecipeAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name => name;

    /// <summary>Paper and equation, for example <c>Lu et al. 2022, Algorithm 2</c>.</summary>
    public string Source { get; init; } = "";
}

/// <summary>Makes an abstract record a kind of recipes.</summary>
/// <param name="name">The kind's name, for example <c>solver</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RecipeKindAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name => name;
}

/// <summary>Says more of a property that is an option; without it, the property's name in snake case is the option's.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RecipeOptionAttribute : Attribute
{
    /// <summary>The option's name where it is not the property's, for example <c>lambda</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the value may stand without its name, <c>classifier:FILE</c>; such options are filled in the order of declaration.</summary>
    public bool Positional { get; init; }

    /// <summary>Whether the text is a file's path: identities hold the file's content instead.</summary>
    public bool File { get; init; }

    /// <summary>Whether the property is no option at all, although it could be.</summary>
    public bool Ignore { get; init; }
}
