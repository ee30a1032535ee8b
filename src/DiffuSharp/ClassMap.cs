namespace DiffuSharp;

/// <summary>Which class of one thing is which of another. A class is its name; numbers count only where one side has nothing else.</summary>
public sealed class ClassMap
{
    private const int Shown = 10;

    private readonly int[] _positions;

    private ClassMap(ClassList from, ClassList to, int[] positions, string? remark) => (From, To, _positions, Remark) = (from, to, positions, remark);

    /// <summary>The classes that are mapped.</summary>
    public ClassList From { get; }

    /// <summary>The classes that they become.</summary>
    public ClassList To { get; }

    /// <summary>That classes were matched by numbers though one side has names, one line; null where names decided or nobody has any.</summary>
    public string? Remark { get; }

    /// <summary>Whether every class keeps its position.</summary>
    public bool IsIdentity => !_positions.Where((position, i) => position != i).Any();

    /// <summary>The position of a class among those of <see cref="To"/>.</summary>
    /// <param name="index">Its position among those of <see cref="From"/>.</param>
    public int this[long index] => _positions[index];

    /// <summary>Finds each class of one thing among those of another, which may have others beside them.</summary>
    /// <param name="from">The classes to be found.</param>
    /// <param name="to">The classes that are known.</param>
    /// <exception cref="InvalidInputException">One is not there; one line names it.</exception>
    public static ClassMap Match(ClassList from, ClassList to)
    {
        if (from.Names is { } own && to.Names is { } known && own.SequenceEqual(known, StringComparer.Ordinal))
        {
            return new(from, to, [.. Enumerable.Range(0, from.Count)], remark: null);
        }

        return from.Names is not null && to.Names is not null && from.HasWords == to.HasWords ? ByName(from, to) : ByNumber(from, to);
    }

    /// <summary>Classes of <see cref="From"/> as those of <see cref="To"/>.</summary>
    /// <param name="classes">Positions.</param>
    /// <exception cref="InvalidInputException">One is beyond the list.</exception>
    public long[] Apply(IReadOnlyList<long> classes) => [.. classes.Select(k => k >= 0 && k < _positions.Length
        ? (long)_positions[k]
        : throw new InvalidInputException($"{From.Owner}: an image has class {k}, there are {From.Count}"))];

    private static ClassMap ByName(ClassList from, ClassList to)
    {
        from.Positions();
        var known = to.Positions();
        string[] missing = [.. from.Names!.Where(name => !known.ContainsKey(name))];
        if (missing.Length > 0)
        {
            throw new InvalidInputException(
                $"the classes differ: {List(missing)} of {from.Owner} {(missing.Length == 1 ? "is" : "are")} unknown to {to.Owner}, which has {List([.. to.Names!])}");
        }

        return new(from, to, [.. from.Names!.Select(name => known[name])], remark: null);
    }

    private static ClassMap ByNumber(ClassList from, ClassList to)
    {
        var known = to.Numbers();
        var positions = new int[from.Count];
        foreach (var (number, i) in from.Numbers())
        {
            positions[i] = known.TryGetValue(number, out var position)
                ? position
                : throw new InvalidInputException(
                    $"the classes differ: class number {number} of {from.Owner} is unknown to {to.Owner}, which has {to.Count} classes; one side has no names");
        }

        var nameless = from.HasWords ? to : from;
        var remark = from.Names is null && to.Names is null
            ? null
            : $"{nameless.Owner}: no names of classes, so class number k is taken for number k of {(from.HasWords ? from : to).Owner}";
        return new(from, to, positions, remark);
    }

    private static string List(string[] names) =>
        string.Join(", ", names.Take(Shown).Select(name => $"'{name}'")) + (names.Length > Shown ? $" and {names.Length - Shown} more" : "");
}
