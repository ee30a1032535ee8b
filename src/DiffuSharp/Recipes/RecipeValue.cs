using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiffuSharp.Recipes;

/// <summary>The values of options as text: numbers, truth values, words of an enumeration, texts, recipes, and lists of these joined by <c>/</c>.</summary>
internal static class RecipeValue
{
    private const char ListSeparator = '/';

    /// <summary>A value as text that <see cref="Parse"/> reads back exactly; empty for null.</summary>
    public static string Write(object? value) => value switch
    {
        null => "",
        true => "true",
        false => "false",
        double number => double.IsPositiveInfinity(number) ? "inf" : double.IsNegativeInfinity(number) ? "-inf" : number.ToString("R", CultureInfo.InvariantCulture),
        Enum word => WordOf(word),
        string text => text,
        Recipe recipe => RecipeText.Write(recipe),
        IEnumerable list => string.Join(ListSeparator, list.Cast<object?>().Select(Write)),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    /// <summary>Reads a value.</summary>
    /// <exception cref="FormatException">The text is none of the type; the message says what it must be.</exception>
    public static object? Parse(Type type, string text)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (text.Length == 0 && (plain != type || !type.IsValueType))
        {
            return null;
        }

        if (plain.IsEnum)
        {
            return Enum.GetValues(plain).Cast<Enum>().FirstOrDefault(word => RecipeText.Same(WordOf(word), text))
                ?? throw new FormatException($"must be one of {string.Join(", ", Words(plain))}{Suggestion.Text(text, Words(plain))}");
        }

        if (typeof(Recipe).IsAssignableFrom(plain))
        {
            return RecipeText.Parse(RecipeCatalog.KindOf(plain), text);
        }

        if (ItemOf(plain) is { } item)
        {
            var items = text.Split(ListSeparator).Select(part => Parse(item, part)).ToArray();
            var list = Array.CreateInstance(item, items.Length);
            Array.Copy(items, list, items.Length);
            return list;
        }

        return Type.GetTypeCode(plain) switch
        {
            TypeCode.String => text,
            TypeCode.Boolean => bool.TryParse(text, out var value) ? value : throw new FormatException("must be true or false"),
            TypeCode.Int32 => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value : throw new FormatException("must be a whole number"),
            TypeCode.Int64 => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value : throw new FormatException("must be a whole number"),
            TypeCode.Double => ParseNumber(text),
            _ => throw new FormatException($"cannot be written as text ({plain.Name})"),
        };
    }

    /// <summary>The words that an enumeration takes; none for other types.</summary>
    public static IReadOnlyList<string> Words(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum ? [.. Enum.GetValues(plain).Cast<Enum>().Select(WordOf)] : [];
    }

    /// <summary>The type in one word, for help.</summary>
    public static string TypeName(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum ? "WORD" : typeof(Recipe).IsAssignableFrom(plain) ? "RECIPE" : ItemOf(plain) is not null ? "LIST" : Type.GetTypeCode(plain) switch
        {
            TypeCode.Boolean => "BOOL",
            TypeCode.Int32 or TypeCode.Int64 => "INT",
            TypeCode.Double => "FLOAT",
            _ => "TEXT",
        };
    }

    // IReadOnlyList<T> → T.
    private static Type? ItemOf(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    private static string WordOf(Enum value) =>
        value.GetType().GetField(value.ToString())?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
        ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static double ParseNumber(string text) => text switch
    {
        "inf" or "+inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw new FormatException("must be a number"),
    };
}
