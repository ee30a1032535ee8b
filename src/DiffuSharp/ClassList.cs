using System.Globalization;

namespace DiffuSharp;

/// <summary>The classes that something knows.</summary>
/// <param name="Owner">What has them, as messages call it.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Names">Their names, one for each; null where only positions are known.</param>
public sealed record ClassList(string Owner, int Count, IReadOnlyList<string>? Names)
{
    /// <summary>Whether the classes have names that are more than numbers.</summary>
    public bool HasWords => Names is not null && !Names.All(IsNumber);

    /// <summary>Where each class number is: the number that is its name, else its position.</summary>
    internal Dictionary<long, int> Numbers()
    {
        var numbers = new Dictionary<long, int>();
        for (var i = 0; i < Count; i++)
        {
            var number = HasWords || Names is null ? i : long.Parse(Names[i], NumberStyles.None, CultureInfo.InvariantCulture);
            if (!numbers.TryAdd(number, i))
            {
                throw Twice($"{number}");
            }
        }

        return numbers;
    }

    /// <summary>Where each name is.</summary>
    internal Dictionary<string, int> Positions()
    {
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Count; i++)
        {
            if (!positions.TryAdd(Names![i], i))
            {
                throw Twice(Names[i]);
            }
        }

        return positions;
    }

    private static bool IsNumber(string name) => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private InvalidInputException Twice(string name) =>
        new($"{Owner}: two classes are called '{name}', so that they cannot be told apart; name them differently");
}
