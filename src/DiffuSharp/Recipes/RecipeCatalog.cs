using System.Collections.Concurrent;
using System.Reflection;

namespace DiffuSharp.Recipes;

/// <summary>All recipes by kind and name: those of this library, and of every assembly that is added.</summary>
public static class RecipeCatalog
{
    private static readonly Lock s_gate = new();
    private static readonly List<Assembly> s_assemblies = [typeof(RecipeCatalog).Assembly];
    private static readonly ConcurrentDictionary<Type, RecipeType> s_types = new();
    private static IReadOnlyList<RecipeType>? s_all;

    /// <summary>The kinds of which there are recipes, by name.</summary>
    public static IReadOnlyList<RecipeKind> Kinds =>
        [.. All.Select(recipe => recipe.Kind).Distinct().OrderBy(kind => kind.Name, StringComparer.Ordinal)];

    /// <summary>Every recipe.</summary>
    public static IReadOnlyList<RecipeType> All
    {
        get
        {
            lock (s_gate)
            {
                return s_all ??= [.. s_assemblies.SelectMany(RecipesOf)];
            }
        }
    }

    /// <summary>Adds the recipes of an assembly.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="InvalidInputException">A recipe is not of the form that recipes have, or its name is taken.</exception>
    public static int Add(Assembly assembly)
    {
        lock (s_gate)
        {
            if (s_assemblies.Contains(assembly))
            {
                return 0;
            }

            var before = s_all ?? [.. s_assemblies.SelectMany(RecipesOf)];
            IReadOnlyList<RecipeType> added = [.. RecipesOf(assembly)];
            foreach (var recipe in added)
            {
                if (before.FirstOrDefault(other => other.Kind == recipe.Kind && RecipeText.Same(other.Name, recipe.Name)) is { } taken)
                {
                    throw new InvalidInputException(
                        $"{assembly.GetName().Name}: there is a {recipe.Kind.Name} '{recipe.Name}' already, {taken.ClrType.FullName}; give {recipe.ClrType.Name} another name");
                }
            }

            s_assemblies.Add(assembly);
            s_all = [.. before, .. added];
            return added.Count;
        }
    }

    /// <summary>The recipes of a kind.</summary>
    public static IReadOnlyList<RecipeType> Of(RecipeKind kind) => [.. All.Where(recipe => recipe.Kind == kind)];

    /// <summary>The recipe of a name; aliases count.</summary>
    /// <exception cref="InvalidInputException">There is none; the message suggests the nearest.</exception>
    public static RecipeType Find(RecipeKind kind, string name)
    {
        var recipes = Of(kind);
        return recipes.FirstOrDefault(recipe => RecipeText.Same(recipe.Name, name)) ?? throw new InvalidInputException(
            $"there is no {kind.Name} '{name}'{Suggestion.Text(name, [.. recipes.Select(r => r.Name), .. RecipeAliases.Names(kind)])}; "
            + $"there are {string.Join(", ", recipes.Select(r => r.Name))}");
    }

    /// <summary>Names that stand for a recipe with some of its options, such as <c>dpmpp-2m</c>.</summary>
    public static IReadOnlyList<string> OtherNames(RecipeKind kind) => [.. RecipeAliases.Names(kind)];

    /// <summary>Whether a kind has a recipe or alias of a name.</summary>
    public static bool Has<T>(string name)
        where T : Recipe
    {
        var kind = KindOf(typeof(T));
        return Of(kind).Select(recipe => recipe.Name).Concat(RecipeAliases.Names(kind)).Any(known => RecipeText.Same(known, name));
    }

    /// <summary>The kind of a name.</summary>
    /// <exception cref="InvalidInputException">There is none; the message suggests the nearest.</exception>
    public static RecipeKind Kind(string name) => Kinds.FirstOrDefault(kind => RecipeText.Same(kind.Name, name)) ?? throw new InvalidInputException(
        $"there is no kind of recipe '{name}'{Suggestion.Text(name, Kinds.Select(k => k.Name))}; there are {string.Join(", ", Kinds.Select(k => k.Name))}");

    /// <summary>The kind of a recipe's record, or of the kind's own.</summary>
    public static RecipeKind KindOf(Type type)
    {
        for (var at = type; at is not null; at = at.BaseType)
        {
            if (at.GetCustomAttribute<RecipeKindAttribute>(inherit: false) is { } kind)
            {
                return new RecipeKind(kind.Name, at);
            }
        }

        throw new InvalidInputException($"{type.FullName} derives from no kind of recipe");
    }

    /// <summary>What is known of a recipe's record.</summary>
    public static RecipeType TypeOf(Type type) => s_types.GetOrAdd(type, static t => new RecipeType(
        t,
        t.GetCustomAttribute<RecipeAttribute>(inherit: false) ?? throw new InvalidInputException($"{t.FullName} has no [Recipe] attribute, so no name"),
        KindOf(t)));

    private static IEnumerable<RecipeType> RecipesOf(Assembly assembly)
    {
        foreach (var type in assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Recipe)) && type.IsDefined(typeof(RecipeAttribute), inherit: false)))
        {
            if (!type.IsSealed || type.GetConstructor(Type.EmptyTypes) is null)
            {
                throw new InvalidInputException($"{type.FullName}: a recipe is a sealed record that has a constructor without parameters");
            }

            yield return TypeOf(type);
        }
    }
}
