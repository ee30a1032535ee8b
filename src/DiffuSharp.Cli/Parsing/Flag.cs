using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Makes options whose errors name the option, the value and the range.</summary>
internal static class Flag
{
    /// <summary>A whole number in a range.</summary>
    public static Option<int> Integer(string name, string description, int value, int min, int max) =>
        Configure(new Option<int>(name) { DefaultValueFactory = _ => value, CustomParser = r => ParseInteger(r, min, max) }, description);

    /// <summary>A whole number in a range, or none.</summary>
    public static Option<int?> OptionalInteger(string name, string description, int min, int max) =>
        Configure(new Option<int?>(name) { CustomParser = r => ParseInteger(r, min, max) }, description);

    /// <summary>A number; <c>inf</c> is one.</summary>
    public static Option<double> Number(string name, string description, double value) =>
        Configure(new Option<double>(name) { DefaultValueFactory = _ => value, CustomParser = ParseNumber }, description);

    /// <summary>A number, or none; <c>inf</c> is one.</summary>
    public static Option<double?> OptionalNumber(string name, string description) =>
        Configure(new Option<double?>(name) { CustomParser = r => ParseNumber(r) }, description);

    /// <summary>One of a few words.</summary>
    public static Option<string> Choice(string name, string description, string value, params string[] words)
    {
        var option = new Option<string>(name)
        {
            DefaultValueFactory = _ => value,
            CustomParser = result => ParseWord(result, words),
            HelpName = string.Join('|', words),
        };
        option.Description = description;
        return option;
    }

    /// <summary>One of a few words, or none.</summary>
    public static Option<string?> OptionalChoice(string name, string description, params string[] words) => new(name)
    {
        Description = description, CustomParser = result => ParseWord(result, words), HelpName = string.Join('|', words),
    };

    private static Option<T> Configure<T>(Option<T> option, string description)
    {
        option.Description = description;
        option.HelpName = typeof(T) == typeof(int) || typeof(T) == typeof(int?) ? "INT" : "FLOAT";
        return option;
    }

    private static int ParseInteger(ArgumentResult result, int min, int max)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }

        result.AddError($"{Name(result)} {text}: must be a whole number from {min} {(max == int.MaxValue ? "up" : $"to {max}")}");
        return default;
    }

    private static double ParseNumber(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text is "inf" or "+inf")
        {
            return double.PositiveInfinity;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
        {
            return value;
        }

        result.AddError($"{Name(result)} {text}: must be a number");
        return default;
    }

    private static string? ParseWord(ArgumentResult result, string[] words)
    {
        var text = result.Tokens[0].Value;
        if (Array.Find(words, word => OptionSpelling.Same(word, text)) is { } known)
        {
            return known;
        }

        result.AddError($"{Name(result)} {text}: must be one of {string.Join(", ", words)}");
        return null;
    }

    private static string Name(ArgumentResult result) => ((OptionResult)result.Parent!).Option.Name;
}
