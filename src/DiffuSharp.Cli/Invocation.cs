using System.CommandLine;
using System.Text.Json;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using Spectre.Console;

namespace DiffuSharp.Cli;

/// <summary>One run of a verb: its values, where it writes, and when it must stop.</summary>
internal sealed class Invocation(ParseResult parse, CancellationToken cancellation)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    private static readonly JsonSerializerOptions s_jsonLine = new(s_json) { WriteIndented = false };

    private readonly Lazy<IAnsiConsole> _console = new(() => Terminal.Over(parse.InvocationConfiguration.Output));
    private readonly Lazy<IAnsiConsole> _errors = new(() => Terminal.Over(parse.InvocationConfiguration.Error));

    public CancellationToken Cancellation => cancellation;

    /// <summary>Whether the result is wanted as JSON.</summary>
    public bool Json => parse.GetValue(CommonOptions.Json);

    /// <summary>For results meant for people.</summary>
    public IAnsiConsole Console => _console.Value;

    /// <summary>For progress and remarks, beside the result.</summary>
    public IAnsiConsole Errors => _errors.Value;

    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    public T? Get<T>(Argument<T> argument) => parse.GetValue(argument);

    /// <summary>Whether the user gave the option.</summary>
    public bool Has(Option option) => parse.GetResult(option) is { Implicit: false };

    /// <summary>Takes the file that an option names for this process alone, until it is disposed of; null where it names none.</summary>
    /// <exception cref="InvalidInputException">Another process writes it.</exception>
    public WriterLock? Hold<T>(Option<T> option)
        where T : class? => Get(option) is string path ? WriterLock.Whole(path) : null;

    /// <summary>Refuses flags that nothing would read.</summary>
    /// <param name="isRead">Whether they are read.</param>
    /// <param name="owner">To what they belong, for the message.</param>
    /// <param name="flags">The flags.</param>
    /// <exception cref="InvalidInputException">They are not read and one is given.</exception>
    public void RequireRead(bool isRead, string owner, params Option[] flags)
    {
        if (!isRead && Array.Find(flags, Has) is { } flag)
        {
            throw new InvalidInputException($"{flag.Name}: belongs to {owner}");
        }
    }

    /// <summary>Writes the one JSON document of the verb.</summary>
    public void WriteJson<T>(T document) => parse.InvocationConfiguration.Output.WriteLine(ToJson(document));

    /// <summary>JSON as all verbs write it.</summary>
    public static string ToJson<T>(T document) => JsonSerializer.Serialize(document, s_json);

    /// <summary>Writes a document on one line, of which a verb may write many.</summary>
    public void WriteJsonLine<T>(T document) => parse.InvocationConfiguration.Output.WriteLine(JsonSerializer.Serialize(document, s_jsonLine));

    /// <summary>Writes one line of the result, unadorned.</summary>
    public void WriteLine(string text) => parse.InvocationConfiguration.Output.WriteLine(CleanText.Of(text));

    /// <summary>Does work under a progress bar on the terminal, if there is one.</summary>
    public void WithProgress(string label, Action<Action<double>> work) => ProgressBar.Run(_errors.Value, label, work);

    /// <summary>Does work under a progress bar that also says how things stand, if there is a terminal.</summary>
    public void WithStatus(string label, Action<Action<double, string>> work) => ProgressBar.RunWithStatus(_errors.Value, label, work);
}
