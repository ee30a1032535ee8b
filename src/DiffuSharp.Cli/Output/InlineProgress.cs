namespace DiffuSharp.Cli.Output;

/// <summary>Progress that is handled at once on the reporting thread.</summary>
internal sealed class InlineProgress<T>(Action<T> handle) : IProgress<T>
{
    public void Report(T value) => handle(value);
}
