namespace DiffuSharp.Recipes;

/// <summary>
/// The text of recipes: <c>name</c> or <c>name:key=value,key=value</c>, several joined by <c>+</c>. A value that holds a comma or a plus stands in
/// parentheses. Hyphens, underscores and case do not count in names and words; an option that is positional may stand without its name.
/// </summary>
public static class RecipeText
{
    /// <summary>Reads one recipe.</summary>
    /// <exception cref="InvalidInputException">There is no such recipe or option, or a value is out of range.</exception>
    public static T Parse<T>(string text)
        where T : Recipe => (T)Parse(RecipeCatalog.KindOf(typeof(T)), text);

    /// <summary>Reads one or more recipes joined by <c>+</c>.</summary>
    /// <exception cref="InvalidInputException">There is no such recipe or option, or a value is out of range.</exception>
    public static IReadOnlyList<T> ParseAll<T>(string text)
        where T : Recipe => [.. Split(text, '+').Select(Parse<T>)];

    /// <summary>Reads one recipe of a kind.</summary>
    /// <exception cref="InvalidInputException">There is no such recipe or option, or a value is out of range.</exception>
    public static Recipe Parse(RecipeKind kind, string text) => Parse(kind, text, []);

    /// <summary>The recipe that a text names; its options are not read.</summary>
    /// <exception cref="InvalidInputException">There is no such recipe.</exception>
    public static RecipeType TypeOf(RecipeKind kind, string text) => RecipeCatalog.Find(kind, Head(RecipeAliases.Expand(kind, text)).Name);

    /// <summary>A recipe, once its rules are checked.</summary>
    /// <exception cref="InvalidInputException">A value is out of range.</exception>
    public static T Checked<T>(T recipe)
        where T : Recipe
    {
        recipe.Validate();
        return recipe;
    }

    /// <summary>Writes a recipe with the options that differ from their defaults.</summary>
    public static string Write(Recipe recipe) => Write(
        recipe.Type.Name, recipe.Type.Options.Select(o => (o.Name, RecipeValue.Write(o.Get(recipe)), o.DefaultText)).Where(o => o.Item2 != o.DefaultText));

    /// <summary>Everything that decides what a recipe does: all options, files by their content. Equal exactly when two recipes do the same.</summary>
    /// <param name="recipe">The recipe.</param>
    public static string Identity(Recipe recipe) => Write(recipe.Type.Name, recipe.Type.Options.Select(o => (o.Name, IdentityOf(o, o.Get(recipe)), "")));

    /// <summary>All options with their values as text, for files and reports.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Describe(Recipe recipe) =>
        [.. recipe.Type.Options.Select(o => KeyValuePair.Create(o.Name, RecipeValue.Write(o.Get(recipe))))];

    /// <summary>Reads one recipe of a kind, some of whose options are given apart from the text.</summary>
    /// <exception cref="InvalidInputException">There is no such recipe or option, one is given twice, or a value is out of range.</exception>
    public static Recipe Parse(RecipeKind kind, string text, IEnumerable<(string Name, string Value)> apart)
    {
        var (name, arguments) = Head(RecipeAliases.Expand(kind, text));
        var type = RecipeCatalog.Find(kind, name);
        var values = new List<(RecipeOption Option, object? Value)>();
        foreach (var argument in WithWholeFiles(type, arguments))
        {
            var (option, value) = Argument(type, argument, values);
            Add(option, value);
        }

        foreach (var (key, value) in apart)
        {
            Add(type.Option(key), value);
        }

        var recipe = type.Create(values);
        recipe.Validate();
        return recipe;

        void Add(RecipeOption option, string value)
        {
            if (values.Exists(v => v.Option == option))
            {
                throw new InvalidInputException($"{type.Name}: {option.Name} is given twice");
            }

            values.Add((option, option.Parse(value)));
        }
    }

    /// <summary>Whether two words are the same, hyphens, underscores and case aside.</summary>
    internal static bool Same(string one, string other) =>
        string.Equals(one.Replace('_', '-'), other.Replace('_', '-'), StringComparison.OrdinalIgnoreCase);

    /// <summary>Name and arguments of a text.</summary>
    private static (string Name, IReadOnlyList<string> Arguments) Head(string text)
    {
        var colon = text.IndexOf(':');
        return colon < 0 ? (text.Trim(), []) : (text[..colon].Trim(), [.. Split(text[(colon + 1)..], ',')]);
    }

    /// <summary>Cuts a text at a character outside of parentheses; at a plus only where a name follows, so that 1e+5 stays whole.</summary>
    public static IEnumerable<string> Split(string text, char separator)
    {
        var (depth, start) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (depth == 0 && text[i] == separator && (separator != '+' || (i + 1 < text.Length && char.IsLetter(text[i + 1]))))
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    /// <summary>Cuts a list of recipes at plus signs, or at commas, as people write short lists; a word with an equals sign is an option of the recipe before it.</summary>
    public static IEnumerable<string> SplitList(string text)
    {
        foreach (var list in Split(text, '+'))
        {
            string? recipe = null;
            foreach (var part in Split(list, ',').Select(part => part.Trim()))
            {
                if (recipe is not null && part.Contains('=') && !part.Contains(':'))
                {
                    recipe += $",{part}";
                    continue;
                }

                if (recipe is not null)
                {
                    yield return recipe;
                }

                recipe = part;
            }

            yield return recipe!;
        }
    }

    private static string Write(string name, IEnumerable<(string Name, string Value, string Default)> options)
    {
        var text = string.Join(',', options.Select(o => $"{o.Name}={Wrapped(o.Value)}"));
        return text.Length == 0 ? name : $"{name}:{text}";
    }

    private static string Wrapped(string value) => value.AsSpan().ContainsAny(",+()") && !double.TryParse(value, out _) ? $"({value})" : value;

    private static string Unwrapped(string value) => value.Length >= 2 && value[0] == '(' && value[^1] == ')' ? value[1..^1] : value;

    // A file's name may hold a comma or an equals sign: parts that make an existing file together are one.
    private static IEnumerable<string> WithWholeFiles(RecipeType type, IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var length = Enumerable.Range(1, arguments.Count - i).LastOrDefault(n => n > 1 && IsFile(type, string.Join(',', arguments.Skip(i).Take(n))), 1);
            yield return string.Join(',', arguments.Skip(i).Take(length));
            i += length - 1;
        }
    }

    private static bool IsFile(RecipeType type, string argument) => type.Options.Any(o => o is { IsPositional: true, IsFile: true }) && File.Exists(argument.Trim());

    private static (RecipeOption Option, string Value) Argument(RecipeType type, string argument, List<(RecipeOption Option, object? Value)> before)
    {
        var equals = argument.IndexOf('=');
        if (equals > 0 && !IsFile(type, argument) && (type.Find(argument[..equals].Trim()) is not null || argument.AsSpan(0, equals).IndexOfAny("/.(") < 0))
        {
            return (type.Option(argument[..equals].Trim()), Unwrapped(argument[(equals + 1)..].Trim()));
        }

        var next = type.Options.FirstOrDefault(o => o.IsPositional && !before.Exists(v => v.Option == o));
        return next is null
            ? throw new InvalidInputException($"{type.Name}: '{argument}' is no option; write name=value, and a value that holds a comma in parentheses")
            : (next, Unwrapped(argument.Trim()));
    }

    private static string IdentityOf(RecipeOption option, object? value) => value switch
    {
        Recipe inner => Identity(inner),
        string path when option.IsFile => File.Exists(path) ? $"sha256 {FileHash.Sha256(path)}" : path,
        _ => RecipeValue.Write(value),
    };
}
