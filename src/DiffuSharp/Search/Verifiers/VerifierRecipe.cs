using DiffuSharp.Networks;
using DiffuSharp.Recipes;
using DiffuSharp.Torch;

namespace DiffuSharp.Search.Verifiers;

/// <summary>What a search maximises; several rank together.</summary>
[RecipeKind("verifier")]
public abstract record VerifierRecipe : Recipe
{
    /// <summary>The files that decide the scores, those that are not named included.</summary>
    /// <param name="context">What the verifier can fall back on.</param>
    /// <exception cref="InvalidInputException">A file must be named.</exception>
    public abstract IReadOnlyList<string> Files(VerifierContext context);

    /// <summary>Opens the verifier; the caller disposes of it where it can.</summary>
    /// <param name="context">What it can fall back on, and where it runs.</param>
    /// <exception cref="InvalidInputException">A file must be named, or does not suit.</exception>
    /// <exception cref="InvalidDataException">A file is broken.</exception>
    public abstract IVerifier Open(VerifierContext context);

    /// <summary>Everything that decides what the verifier says: its name and options, and the content of its files.</summary>
    /// <param name="context">What it can fall back on.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public string Identity(VerifierContext context) => string.Join(' ', Files(context).Select(FileIdentity.Of).Prepend(Usual));

    /// <summary>Opens several, which rank together, or the only one.</summary>
    /// <param name="recipes">At least one.</param>
    /// <param name="context">What they can fall back on, and where they run.</param>
    /// <exception cref="InvalidInputException">A file must be named, or does not suit.</exception>
    /// <exception cref="InvalidDataException">A file is broken.</exception>
    public static IVerifier OpenAll(IEnumerable<VerifierRecipe> recipes, VerifierContext context)
    {
        var members = new List<IVerifier>();
        try
        {
            foreach (var recipe in recipes)
            {
                members.Add(recipe.Open(context));
            }

            return members.Count == 1 ? members[0] : new EnsembleVerifier(members);
        }
        catch
        {
            foreach (var member in members.OfType<IDisposable>())
            {
                member.Dispose();
            }

            throw;
        }
    }

    /// <summary>The identity of several.</summary>
    public static string IdentityOfAll(IEnumerable<VerifierRecipe> recipes, VerifierContext context) =>
        string.Join(" + ", recipes.Select(recipe => recipe.Identity(context)));

    /// <summary>The usual name, with the options that are no files.</summary>
    protected string Usual
    {
        get
        {
            var (name, options) = RecipeAliases.Usual(this);
            var plain = options.Where(o => Type.Find(o.Key) is { IsFile: false } option && o.Value != option.DefaultText).Select(o => $"{o.Key}={o.Value}");
            return string.Join(':', new[] { name, string.Join(',', plain) }.Where(text => text.Length > 0));
        }
    }

    /// <summary>A file, or the classifier that the context knows.</summary>
    /// <exception cref="InvalidInputException">There is neither.</exception>
    protected string OrClassifier(string? file, VerifierContext context) =>
        file ?? context.Classifier ?? throw Invalid("there is no classifier to fall back on; name a file");
}

/// <summary>What a verifier can fall back on, and where it runs.</summary>
/// <param name="Network">File of the searched model.</param>
/// <param name="Device">Where it computes.</param>
/// <param name="Classifier">File of the classifier where none is named; null for none.</param>
public sealed record VerifierContext(string Network, Device Device, string? Classifier = null)
{
    /// <summary>The classes of the searched model; null where it has none.</summary>
    public ClassList? Classes { get; init; }

    /// <summary>Told what is to be known, such as classes that are matched by numbers alone.</summary>
    public IProgress<string>? Remarks { get; init; }

    /// <summary>The searched model's classes as those of a verifier; null where nothing is to be matched.</summary>
    /// <param name="known">The classes that the verifier knows.</param>
    /// <exception cref="InvalidInputException">It lacks one; one line names it.</exception>
    internal ClassMap? Match(ClassList known)
    {
        if (Classes is null || known.Count == 0 || (Classes.Names is null && known.Names is null))
        {
            return null;
        }

        var map = ClassMap.Match(Classes, known);
        if (map.Remark is { } remark)
        {
            Remarks?.Report(remark);
        }

        return map;
    }
}
