using DiffuSharp.Recipes;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.Cli.Output;

/// <summary>What the user sees of an exception: one line and an exit code.</summary>
/// <param name="Line">The line for the error stream.</param>
/// <param name="ExitCode">2 when the user can do something about it, 1 when the program or the training went wrong,
/// 3 when another rank was lost, 130 when interrupted.</param>
internal sealed record ErrorReport(string Line, int ExitCode)
{
    /// <summary>Environment variable; <c>1</c> prints the whole exception.</summary>
    public const string TraceVariable = "DIFFUSHARP_TRACE";

    private const int DiskFull = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT on Linux

    public static ErrorReport Of(Exception exception) => exception switch
    {
        OperationCanceledException => Make("interrupted", Cli.ExitCode.Interrupted),
        TypeInitializationException { InnerException: { } inner } => Of(inner),
        InvalidInputException or InvalidDataException or FormatException or DllNotFoundException =>
            BadInput(exception.Message),
        DistributedException { IsLoss: true } => Make(exception.Message, Cli.ExitCode.LostRank),
        DistributedException => BadInput(exception.Message),
        NonFiniteException => Make(exception.Message, Cli.ExitCode.Defect),
        FileNotFoundException { FileName: { } name } when exception.Message.StartsWith($"{name}: ", StringComparison.Ordinal) =>
            BadInput(exception.Message),
        FileNotFoundException { FileName: { } name } => BadInput($"{name}: no such file; check the name"),
        DirectoryNotFoundException or PathTooLongException => BadInput($"{exception.Message} Check the folder's name."),
        UnauthorizedAccessException => BadInput($"{exception.Message} Check who may read and write there."),
        IOException { HResult: DiskFull or QuotaExceeded } => BadInput($"{exception.Message}; free some space or write to another disk"),
        IOException => BadInput(exception.Message),
        TorchException { IsOutOfMemory: true } or OutOfMemoryException => BadInput("out of memory; use a smaller --batch or a smaller network"),
        _ when Plugins.Origin(exception) is { } plugin =>
            BadInput($"plug-in {plugin}: {exception.GetType().Name}: {exception.Message} ({TraceVariable}=1 shows where)"),
        _ => Make(
            $"{exception.GetType().Name}: {exception.Message} (this is a defect of diffusharp; {TraceVariable}=1 shows where)",
            Cli.ExitCode.Defect),
    };

    private static ErrorReport BadInput(string message) => Make(message, Cli.ExitCode.BadInput);

    private static ErrorReport Make(string message, int exitCode) => new($"diffusharp: {OneLine(message)}", exitCode);

    private static string OneLine(string message) =>
        string.Concat(message.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '?' : c));
}
