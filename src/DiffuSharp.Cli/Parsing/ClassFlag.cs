using System.CommandLine;
using System.Globalization;
using DiffuSharp.Denoising;

namespace DiffuSharp.Cli.Parsing;

/// <summary><c>--class</c>: a class by its name, or by its number.</summary>
/// <param name="images">What the help calls the images.</param>
internal sealed class ClassFlag(string images = "images")
{
    private const int Shown = 12;

    public Option<string?> Option { get; } = new("--class") { Description = $"Class of all {images}, its name or number [drawn for each].", HelpName = "NAME|INT" };

    /// <summary>The number of the class; null where none is asked for.</summary>
    /// <param name="run">The values.</param>
    /// <param name="model">The model.</param>
    /// <param name="names">Names of its classes; null where unknown.</param>
    /// <exception cref="InvalidInputException">The model has no such class; one line.</exception>
    public int? Number(Invocation run, IDenoiser model, IReadOnlyList<string>? names)
    {
        if (run.Get(Option) is not { } text)
        {
            return null;
        }

        if (Find(names, text, StringComparison.Ordinal) is { } same)
        {
            return same;
        }

        // A number that is beyond the classes is refused where it is used.
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (isNumber && (names is null || number >= names.Count || new ClassList("", names.Count, names).HasWords))
        {
            return number;
        }

        return Find(names, text, StringComparison.OrdinalIgnoreCase)
            ?? throw new InvalidInputException(
                model.LabelDim == 0 ? $"--class {text}: the model is unconditional; leave the class out" : $"--class {text}: no class of the model; it has {Known(names, model.LabelDim)}");
    }

    private static int? Find(IReadOnlyList<string>? names, string text, StringComparison comparison)
    {
        int[] found = [.. Enumerable.Range(0, names?.Count ?? 0).Where(i => names![i].Equals(text, comparison))];
        return found.Length == 1 ? found[0] : null;
    }

    private static string Known(IReadOnlyList<string>? names, int count) => names is null
        ? $"the classes 0 to {count - 1}, without names"
        : string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? $" and {names.Count - Shown} more ('model info')" : "");
}
