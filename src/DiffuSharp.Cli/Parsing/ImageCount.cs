using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace DiffuSharp.Cli.Parsing;

/// <summary>
/// Amounts of training: numbers of images with a suffix (<c>200k</c>, <c>1.5M</c>), or plain numbers in an option's own unit.
/// </summary>
internal static class ImageCount
{
    private const double Thousand = 1e3;
    private const double Million = 1e6;

    /// <summary>An option in millions of images.</summary>
    public static Option<long?> InMimg(string name, string description) => Make(name, description, "MIMG", Million);

    /// <summary>An option in thousands of images.</summary>
    public static Option<long?> InKimg(string name, string description) => Make(name, description, "KIMG", Thousand);

    /// <summary>Images that a text stands for; null if it is no such text.</summary>
    /// <param name="text">A number, with <c>k</c> or <c>M</c> for images or without for the unit.</param>
    /// <param name="unit">Images of one unit.</param>
    public static long? Parse(string text, double unit)
    {
        var (digits, factor) = text.Length == 0 ? ("", unit) : text[^1] switch
        {
            'k' or 'K' => (text[..^1], Thousand),
            'm' or 'M' => (text[..^1], Million),
            _ => (text, unit),
        };
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
            && value * factor < long.MaxValue
            ? (long)Math.Round(value * factor)
            : null;
    }

    private static Option<long?> Make(string name, string description, string unitName, double unit) => new(name)
    {
        Description = description,
        HelpName = unitName,
        CustomParser = result => Parse(result, name, unit, unitName),
    };

    private static long? Parse(ArgumentResult result, string name, double unit, string unitName)
    {
        var text = result.Tokens[0].Value;
        if (Parse(text, unit) is { } images)
        {
            return images;
        }

        result.AddError($"{name} {text}: must be a number of {unitName}, or of images with a suffix such as 200k or 1.5M");
        return null;
    }
}
