using System.CommandLine;
using DiffuSharp.Recipes;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Plug-ins are loaded before the verbs are made, since their options become flags.</summary>
internal static class PluginFlag
{
    private const string Name = "--plugin";
    private const string Variable = "DIFFUSHARP_PLUGINS";

    /// <summary>The flag, of every verb.</summary>
    public static Option<string[]> Option { get; } = new(Name)
    {
        Description = $"Class library with recipes of your own, which runs its code; or {Variable}, with ':' between several.", HelpName = "FILE.dll", Recursive = true,
    };

    /// <summary>Loads what environment and arguments name.</summary>
    /// <exception cref="InvalidInputException">One cannot be loaded.</exception>
    public static void Load(IReadOnlyList<string> arguments)
    {
        var named = (Environment.GetEnvironmentVariable(Variable) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(arguments.TakeWhile(a => a != "--").Zip(arguments.Skip(1).Append("")).Where(pair => pair.First == Name).Select(pair => pair.Second))
            .Concat(arguments.TakeWhile(a => a != "--").Where(a => a.StartsWith($"{Name}=", StringComparison.Ordinal)).Select(a => a[(Name.Length + 1)..]));
        foreach (var path in named.Where(path => path.Length > 0))
        {
            Plugins.Load(path);
        }
    }
}
