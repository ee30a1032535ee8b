namespace DiffuSharp.Pipelines;

/// <summary>A class by its name, or by its number.</summary>
public sealed class ClassChoice
{
    private readonly string? _name;
    private readonly int _number;

    private ClassChoice(string? name, int number) => (_name, _number) = (name, number);

    /// <summary>By name; the text of a number is its number.</summary>
    public static implicit operator ClassChoice(string name) => new(name, 0);

    /// <summary>By number, from 0.</summary>
    public static implicit operator ClassChoice(int number) => new(null, number);

    /// <summary>The number of the class among those of a model.</summary>
    /// <param name="names">Names of the model's classes; null where it knows none.</param>
    /// <exception cref="InvalidInputException">The model has no class of that name; one line with the nearest name.</exception>
    public int NumberIn(IReadOnlyList<string>? names)
    {
        if (_name is null)
        {
            return _number;
        }

        for (var i = 0; i < names?.Count; i++)
        {
            if (string.Equals(names[i], _name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return int.TryParse(_name, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
            : names is null ? throw new InvalidInputException($"class {_name}: the model knows no names of classes; give a number")
            : throw new InvalidInputException(
                $"class {_name}: there is none of that name{Recipes.Suggestion.Text(_name, names)}; there are {string.Join(", ", names)}");
    }
}
