using System.CommandLine;
using DiffuSharp.Recipes;

namespace DiffuSharp.Cli.Parsing;

/// <summary>
/// A flag that takes recipes of a kind, <c>--solver dpmpp:order=3</c>, and a flag for every option that one of them has, <c>--order 3</c>.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
internal sealed class RecipeFlags<T>
    where T : Recipe
{
    private readonly Lazy<IReadOnlyList<RecipeOptionFlag>> _options;
    private readonly RecipeKind _kind = RecipeCatalog.KindOf(typeof(T));

    /// <summary>Declares the flags.</summary>
    /// <param name="name">The flag of the recipe.</param>
    /// <param name="description">What it is for; the names of the recipes are added.</param>
    /// <param name="usual">The recipe where none is named; null for none.</param>
    /// <param name="except">Options without a flag of their own, because the verb has one of that name.</param>
    public RecipeFlags(string name, string description, string? usual = null, params string[] except)
    {
        Spec = new Option<string?>(name)
        {
            Description = $"{description} {string.Join(", ", _kind.Recipes.Select(r => r.Name).Concat(RecipeCatalog.OtherNames(_kind)))}; NAME:OPTION=VALUE,... as in 'diffusharp catalog {_kind.Name}'.",
            HelpName = _kind.Name.ToUpperInvariant(),
        };
        if (usual is not null)
        {
            Spec.DefaultValueFactory = _ => usual;
        }

        _options = new(() =>
        [
            .. _kind.Recipes.SelectMany(recipe => recipe.Options.Select(option => (Recipe: recipe, Option: option)))
                .GroupBy(o => o.Option.Name, StringComparer.Ordinal)
                .Where(group => !except.Any(word => OptionSpelling.Same(word, group.Key)))
                .Select(group => new RecipeOptionFlag(group.Key, [.. group])),
        ]);
    }

    /// <summary>The flag of the recipe.</summary>
    public Option<string?> Spec { get; }

    /// <summary>The flag of the recipe, then those of the options.</summary>
    public IReadOnlyList<Option> All => [Spec, .. _options.Value];

    /// <summary>The flags of the options.</summary>
    public IReadOnlyList<Option> Options => _options.Value;

    /// <summary>The one recipe that is asked for.</summary>
    /// <exception cref="InvalidInputException">There is none of that name, a flag is not one of its options, or a value is out of range.</exception>
    /// <param name="run">The values.</param>
    /// <param name="more">Options that other flags of the verb give.</param>
    public T Get(Invocation run, params IReadOnlyList<(string Name, string Value)> more) => GetAll(run, [run.Get(Spec)!], more)[0];

    /// <summary>As <see cref="Get(Invocation, IReadOnlyList{ValueTuple{string, string}})"/>, where some flags are read by other recipes of the verb too.</summary>
    public T Get(Invocation run, IReadOnlyList<string> shared) => GetAll(run, [run.Get(Spec)!], [], shared)[0];

    /// <summary>What the flag of an option says; null where it is not given.</summary>
    public string? Given(Invocation run, string option) => Given(run).FirstOrDefault(flag => flag.OptionName == option)?.Value(run);

    /// <summary>The recipes that are asked for, joined by a plus; a flag goes to every one that has the option, and one at least must have it.</summary>
    /// <exception cref="InvalidInputException">There is none of a name, no recipe has an option, or a value is out of range.</exception>
    public IReadOnlyList<T> GetAll(Invocation run) => GetAll(run, [.. RecipeText.Split(run.Get(Spec)!, '+')], []);

    /// <summary>Recipes of given texts with the options of the flags, as <see cref="GetAll(Invocation)"/>.</summary>
    public IReadOnlyList<T> GetAll(Invocation run, IReadOnlyList<string> texts, IReadOnlyList<(string Name, string Value)> more, IReadOnlyList<string>? shared = null)
    {
        var given = Given(run);
        var types = texts.Select(TypeOf).ToList();
        return Array.Find([.. given], flag => shared?.Contains(flag.OptionName) != true && types.TrueForAll(type => type.Find(flag.OptionName) is null)) is { } unread
            ? throw new InvalidInputException($"{unread.Name}: {string.Join(", ", texts.Select(text => text.Split(':')[0]))} has no such option")
            :
            [
                .. texts.Select((text, i) => (T)RecipeText.Parse(
                    _kind, text, given.Where(flag => types[i].Find(flag.OptionName) is not null).Select(flag => (flag.OptionName, flag.Value(run))).Concat(more))),
            ];
    }

    /// <summary>The recipe that is asked for; its options are not read.</summary>
    /// <exception cref="InvalidInputException">There is none of that name.</exception>
    public RecipeType TypeOf(Invocation run) => TypeOf(run.Get(Spec)!);

    private RecipeType TypeOf(string text)
    {
        try
        {
            return RecipeText.TypeOf(_kind, text);
        }
        catch (InvalidInputException error)
        {
            throw new InvalidInputException($"{Spec.Name} {text}: {error.Message}");
        }
    }

    private IReadOnlyList<RecipeOptionFlag> Given(Invocation run) => [.. _options.Value.Where(run.Has)];
}
