using System.CommandLine;
using System.Text.Json;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Torch.Distributed;
using Spectre.Console;

namespace DiffuSharp.Cli;

/// <summary>One run of a verb: its values, where it writes, and when it must stop.</summary>
internal sealed class Invocation(ParseResult parse, CancellationToken cancellation, ProcessGroup? group = null)
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

    private readonly Lazy<IAnsiConsole> _console = new(() => Terminal.Over(Output(parse, group)));
    private readonly Lazy<IAnsiConsole> _errors = new(() => Terminal.Over(group is { Rank: > 0 } ? TextWriter.Null : parse.InvocationConfiguration.Error));

    public CancellationToken Cancellation => cancellation;

    /// <summary>The processes that share the work; null for this one alone.</summary>
    public ProcessGroup? Group => group;

    /// <summary>Whether this process writes files: the first rank, or the only process.</summary>
    public bool Writes => group is null or { Rank: 0 };

    /// <summary>Whether the result is wanted as JSON.</summary>
    public bool Json => parse.GetValue(CommonOptions.Json);

    /// <summary>For results meant for people.</summary>
    public IAnsiConsole Console => _console.Value;

    /// <summary>For progress and remarks, beside the result.</summary>
    public IAnsiConsole Errors => _errors.Value;

    /// <summary>Writes remarks beside the result, one line each.</summary>
    public IProgress<string> Remarks => new InlineProgress<string>(Errors.WritePlainLine);

    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    public T? Get<T>(Argument<T> argument) => parse.GetValue(argument);

    /// <summary>Whether the user gave the option.</summary>
    public bool Has(Option option) => parse.GetResult(option) is { Implicit: false };

    /// <summary>Takes the file that an option names for this process alone, until it is disposed of; null where it names none.</summary>
    /// <exception cref="InvalidInputException">Another process writes it.</exception>
    public WriterLock? Hold<T>(Option<T> option)
        where T : class? => Get(option) is string path ? WriterLock.Whole(path) : null;

    /// <summary>The same for a data set, model or sampler, which is not to be lost by accident.</summary>
    /// <exception cref="InvalidInputException">It is there already, or another process writes it.</exception>
    public WriterLock? HoldNew<T>(Option<T> option)
        where T : class?
    {
        if (Get(option) is string path && File.Exists(path) && !Get(CommonOptions.Overwrite))
        {
            throw new InvalidInputException($"{option.Name} {path}: is there already; name another file, or --overwrite to replace it");
        }

        return Hold(option);
    }

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
    public void WriteJson<T>(T document) => Output(parse, group).WriteLine(ToJson(document));

    /// <summary>JSON as all verbs write it.</summary>
    public static string ToJson<T>(T document) => JsonSerializer.Serialize(document, s_json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The text is not that; one line names the file.</exception>
    public static T FromJson<T>(string text, string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, s_json) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: is damaged ({error.Message.Split('\n')[0]}); make it again", error);
        }
    }

    /// <summary>Writes a document on one line, of which a verb may write many.</summary>
    public void WriteJsonLine<T>(T document) => Output(parse, group).WriteLine(JsonSerializer.Serialize(document, s_jsonLine));

    /// <summary>Writes one line of the result, unadorned.</summary>
    public void WriteLine(string text) => Output(parse, group).WriteLine(CleanText.Of(text));

    /// <summary>Does work under a progress bar on the terminal, if there is one.</summary>
    public void WithProgress(string label, Action<Action<double>> work) => ProgressBar.Run(_errors.Value, label, work);

    /// <summary>Does work under a progress bar that also says how things stand, if there is a terminal.</summary>
    public void WithStatus(string label, Action<Action<double, string>> work) => ProgressBar.RunWithStatus(_errors.Value, label, work);

    // The first rank speaks for all.
    private static TextWriter Output(ParseResult parse, ProcessGroup? group) => group is { Rank: > 0 } ? TextWriter.Null : parse.InvocationConfiguration.Output;
}
