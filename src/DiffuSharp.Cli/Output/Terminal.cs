using Spectre.Console;

namespace DiffuSharp.Cli.Output;

/// <summary>Text for people: coloured on a terminal, plain and unwrapped elsewhere.</summary>
internal static class Terminal
{
    private const int Unwrapped = 4096;

    public static IAnsiConsole Over(TextWriter writer)
    {
        var output = new AnsiConsoleOutput(writer);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = output });
        if (!output.IsTerminal)
        {
            console.Profile.Width = Unwrapped;
            console.Profile.Capabilities.Ansi = false;
        }

        console.Pipeline.Attach(new CleanRendering());
        return console;
    }

    /// <summary>Names and values in two columns.</summary>
    public static void WriteFacts(this IAnsiConsole console, IEnumerable<(string Name, string Value)> facts)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            WritePlain(console, [.. facts]);
            return;
        }

        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in facts)
        {
            grid.AddRow(new Text(name, new Style(Color.Grey)), new Text(value));
        }

        console.Write(grid);
    }

    /// <summary>Writes a line as it is, without the width of the terminal; control characters of names are shown as question marks.</summary>
    public static void WritePlainLine(this IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(CleanText.Of(text));

    // No padding behind the values, which programs read.
    private static void WritePlain(IAnsiConsole console, (string Name, string Value)[] facts)
    {
        const string Gap = "  ";
        var width = facts.Select(fact => fact.Name.Length).DefaultIfEmpty().Max();
        foreach (var (name, value) in facts)
        {
            var lines = value.ReplaceLineEndings("\n").Split('\n');
            console.WritePlainLine($"{name.PadRight(width)}{Gap}{string.Join($"\n{new string(' ', width)}{Gap}", lines)}".TrimEnd());
        }
    }
}
