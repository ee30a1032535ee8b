using System.CommandLine;
using System.Text.Json.Nodes;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp info</c>: how an image was made.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE.png") { Description = "A PNG of 'sample' or 'search', or of another program that writes 'parameters'." };
        var command = new Verb("info", "Say how an image was made, from the text in its file.")
        {
            Examples = ["diffusharp info out/000000.png", "diffusharp info out/000000.png --json"],
        };
        command.Add(file);
        command.Add(CommonOptions.Json);
        command.Runs(run => Run(run, run.Get(file)!));
        return command;
    }

    private static int Run(Invocation run, string path)
    {
        var texts = PngText.Read(path);
        var text = texts.FirstOrDefault(t => t.Key == GenerationParameters.Keyword).Value;
        var parameters = text is null ? null : GenerationParameters.Parse(text);
        if (run.Json)
        {
            run.WriteJson(new
            {
                File = path,
                parameters?.Prompt,
                Parameters = parameters is null ? null : Named(parameters),
                Texts = texts.Select(t => new { Keyword = t.Key, Text = t.Value }),
            });
            return ExitCode.Success;
        }

        if (texts.Count == 0)
        {
            throw new InvalidDataException($"{path}: does not say how it was made");
        }

        run.Console.WriteFacts(parameters is null
            ? texts.Select(t => (Printable(t.Key), Printable(t.Value)))
            : [.. parameters.Prompt.Length > 0 ? new[] { ("Prompt", Printable(parameters.Prompt)) } : [], .. parameters.Values.Select(v => (Printable(v.Key), Printable(v.Value)))]);
        return ExitCode.Success;
    }

    // With the names as they are in the file.
    private static JsonObject Named(GenerationParameters parameters) =>
        [.. parameters.Values.DistinctBy(value => value.Key).Select(value => KeyValuePair.Create(value.Key, (JsonNode?)JsonValue.Create(value.Value)))];

    // A file must not speak to the terminal.
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? '?' : c));
}
