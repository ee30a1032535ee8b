using System.CommandLine;

namespace DiffuSharp.Cli;

/// <summary>A command with examples for its help.</summary>
internal sealed class Verb(string name, string description) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Whether several processes can share its work.</summary>
    public bool WorksInRanks { get; init; }

    /// <summary>What the verb does; runs on the calling thread, which owns the tensors.</summary>
    public void Runs(Func<Invocation, int> action) => SetAction((parse, cancellation) =>
    {
        using var group = WorksInRanks ? Ranks.Meet(parse.Tokens.Select(token => token.Value)) : null;
        return Task.FromResult(action(new Invocation(parse, cancellation, group)));
    });
}
