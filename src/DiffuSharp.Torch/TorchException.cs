namespace DiffuSharp.Torch;

/// <summary>An error of libtorch: the operator, the shapes it was given and libtorch's own message.</summary>
/// <param name="message">The whole text.</param>
public sealed class TorchException(string message) : Exception(message)
{
    /// <summary>Whether memory ran out, of the processor or the accelerator; a smaller batch may then do.</summary>
    public bool IsOutOfMemory =>
        Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || Message.Contains("not enough memory", StringComparison.OrdinalIgnoreCase)
        || Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase)
        || Message.Contains("bad_alloc", StringComparison.Ordinal);

    /// <summary>
    /// The line that says what went wrong. An error within TorchScript begins with a traceback of some lines, which end with the cause.
    /// </summary>
    public string Cause
    {
        get
        {
            var lines = Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return Array.FindLast(lines, line => line.StartsWith("RuntimeError: ", StringComparison.Ordinal)) ?? lines.FirstOrDefault("");
        }
    }
}
