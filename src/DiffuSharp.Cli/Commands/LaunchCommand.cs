using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DiffuSharp.Cli.Launching;
using DiffuSharp.Cli.Output;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Recipes;
using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>diffusharp launch</c>: a verb as several processes on this machine.</summary>
internal sealed class LaunchCommand
{
    private const string Name = "launch";
    private const int DefaultGrace = 60;

    private readonly Option<int> _count = Flag.Integer("--nproc", "Processes to start.", 2, 1, 1024);
    private readonly Option<int?> _port = Flag.OptionalInteger("--master-port", "Port at which they meet [a free one].", 1, ushort.MaxValue);
    private readonly Option<int> _grace = Flag.Integer("--grace", "Seconds that the others get to save and end when one fails.", DefaultGrace, 0, 86_400);

    private readonly Option<int?> _timeout = Flag.OptionalInteger(
        "--timeout", "Seconds that a process waits for the others [300 to meet, 1800 in an operation].", 1, 10_000_000);

    private readonly Argument<string[]> _verb = new("verb") { Description = "Verb and its options.", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var launch = new LaunchCommand();
        var command = new Verb(Name, "Run a verb as several processes on this machine, which share the work; all end when one fails.")
        {
            Examples =
            [
                "diffusharp launch --nproc 2 sample --seeds 0-49999 --outdir out",
                "diffusharp launch --nproc 8 train --preset fashion-mnist --device cuda",
            ],
        };
        command.AddAll(launch._count, launch._port, launch._grace, launch._timeout);
        command.Add(launch._verb);
        command.Runs(launch.Run);
        return command;
    }

    /// <summary>The arguments with the verb and all that follows set apart from the options before it.</summary>
    public static IReadOnlyList<string> Separate(IReadOnlyList<string> arguments)
    {
        if (arguments is not [Name, ..] || arguments.Contains("--"))
        {
            return arguments;
        }

        var at = 1;
        while (at < arguments.Count && arguments[at].StartsWith('-'))
        {
            at += arguments[at].Contains('=') || arguments[at] is "-h" or "-?" or "--help" ? 1 : 2;
        }

        return at < arguments.Count ? [.. arguments.Take(at), "--", .. arguments.Skip(at)] : arguments;
    }

    private int Run(Invocation run)
    {
        var words = run.Get(_verb)!;
        RequireRanks(words);
        var count = run.Get(_count);
        var port = run.Get(_port) ?? FreePort();
        var (code, line) = new RankLauncher(TimeSpan.FromSeconds(run.Get(_grace))).Run(count, Start, run.Cancellation);
        if (line.Length > 0)
        {
            run.Errors.WritePlainLine($"diffusharp: {line}");
        }

        return code;

        ProcessStartInfo Start(int rank)
        {
            var (program, first) = Program();
            var start = new ProcessStartInfo(program, [.. first, .. words]);
            foreach (var (name, value) in Variables(rank, count, port))
            {
                start.Environment[name] = value;
            }

            if (run.Get(_timeout) is { } seconds)
            {
                start.Environment[ProcessGroup.TimeoutVariable] = $"{seconds}";
            }

            return start;
        }
    }

    private static (string Name, string Value)[] Variables(int rank, int count, int port) =>
    [
        ("RANK", $"{rank}"), ("WORLD_SIZE", $"{count}"), ("LOCAL_RANK", $"{rank}"), ("LOCAL_WORLD_SIZE", $"{count}"),
        ("MASTER_ADDR", "127.0.0.1"), ("MASTER_PORT", $"{port}"),
    ];

    private static void RequireRanks(string[] words)
    {
        Command at = Root.Create();
        foreach (var word in words)
        {
            if (at.Subcommands.FirstOrDefault(c => c.Name == word) is not { } next)
            {
                break;
            }

            at = next;
        }

        if (at is RootCommand root)
        {
            throw new InvalidInputException($"launch: there is no verb '{words[0]}'{Suggestion.Text(words[0], root.Subcommands.Select(c => c.Name))}");
        }

        if (at is not Verb { WorksInRanks: true })
        {
            throw new InvalidInputException($"launch: {at.FullName()} does not run as several processes; run it alone");
        }
    }

    // This very program: the host of .NET with the assembly, or a host of its own.
    private static (string Program, string[] First) Program()
    {
        var host = Environment.ProcessPath ?? "dotnet";
        return Path.GetFileNameWithoutExtension(host) == "DiffuSharp.Cli" ? (host, []) : ("dotnet", [typeof(Entry).Assembly.Location]);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
