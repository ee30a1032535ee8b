using System.Globalization;

namespace DiffuSharp.Torch.Distributed;

/// <summary>
/// Which of several processes this one is and where they meet. A launcher says so in the environment: torchrun and <c>diffusharp launch</c>
/// (RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR, MASTER_PORT), else Open MPI, Slurm, or a launcher with PMI's variables.
/// </summary>
public sealed record RankSettings
{
    private const int FirstPort = 12_000;
    private const int Ports = 20_000; // below the ports that Linux gives to clients

    private static readonly Reader[] s_readers = [ReadPlain, ReadOpenMpi, ReadSlurm, ReadPmi];

    private delegate RankSettings? Reader(Func<string, string?> variable);

    /// <summary>This process, from 0.</summary>
    public required int Rank { get; init; }

    /// <summary>All processes.</summary>
    public required int World { get; init; }

    /// <summary>This process among those of its machine, from 0: the number of its GPU.</summary>
    public required int LocalRank { get; init; }

    /// <summary>Processes of this machine; null where the launcher does not say.</summary>
    public int? LocalWorld { get; init; }

    /// <summary>The machine of rank 0.</summary>
    public required string Master { get; init; }

    /// <summary>The port there at which the processes meet.</summary>
    public required int Port { get; init; }

    /// <summary>Whether the launcher itself holds the meeting place, as torchrun does.</summary>
    public bool IsHostedByLauncher { get; init; }

    /// <summary>What keeps the keys of one start apart from those of another at a meeting place that outlives them.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Whose variables were read.</summary>
    public required string Launcher { get; init; }

    /// <summary>Whether all processes are on this machine, as far as it is known.</summary>
    public bool IsOneMachine => Master is "127.0.0.1" or "localhost" or "::1" || LocalWorld == World;

    /// <summary>Reads the environment of this process.</summary>
    /// <exception cref="DistributedException">The variables contradict each other, or one is missing; one line.</exception>
    public static RankSettings? FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <summary>Reads variables.</summary>
    /// <param name="variable">The value of a variable; null for none.</param>
    /// <returns>Null for a process on its own.</returns>
    /// <exception cref="DistributedException">The variables contradict each other, or one is missing; one line.</exception>
    public static RankSettings? From(Func<string, string?> variable)
    {
        var settings = s_readers.Select(read => read(Given)).FirstOrDefault(found => found is not null);
        if (settings is null || settings.World == 1)
        {
            return null;
        }

        if (settings.World < 1 || settings.Rank < 0 || settings.Rank >= settings.World)
        {
            throw new DistributedException($"{settings.Launcher}: there is no rank {settings.Rank} of {settings.World} processes; they count from 0");
        }

        return settings;

        string? Given(string name) => variable(name) is { Length: > 0 } value ? value : null;
    }

    private static RankSettings? ReadPlain(Func<string, string?> variable)
    {
        const string Variables = "RANK and WORLD_SIZE";
        var (rank, world) = (Integer(variable, "RANK"), Integer(variable, "WORLD_SIZE"));
        if (world is null or 1)
        {
            return world is null ? null : Alone(Variables);
        }

        var hosted = variable("TORCHELASTIC_USE_AGENT_STORE") == "True";
        return new RankSettings
        {
            Rank = rank ?? throw new DistributedException($"WORLD_SIZE is {world} but RANK is not set; each process has its own, from 0"),
            World = world.Value,
            LocalRank = Integer(variable, "LOCAL_RANK") ?? rank.Value,
            LocalWorld = Integer(variable, "LOCAL_WORLD_SIZE"),
            Master = variable("MASTER_ADDR") ?? throw new DistributedException("MASTER_ADDR is not set; name the machine of rank 0, the same for all"),
            Port = Integer(variable, "MASTER_PORT") ?? throw new DistributedException("MASTER_PORT is not set; name a free port of rank 0's machine, the same for all"),
            IsHostedByLauncher = hosted,
            Prefix = hosted ? $"/worker/attempt_{variable("TORCHELASTIC_RESTART_COUNT") ?? "0"}" : "",
            Launcher = Variables,
        };
    }

    private static RankSettings? ReadOpenMpi(Func<string, string?> variable) =>
        Read(variable, "Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE",
            variable("PMIX_NAMESPACE") ?? variable("OMPI_MCA_ess_base_jobid"));

    // In the script of a batch job, which is no task of a step, the variables of the job are set too.
    private static RankSettings? ReadSlurm(Func<string, string?> variable) => variable("SLURM_STEP_NUM_TASKS") is null ? null
        : Read(variable, "Slurm", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", "",
            $"{variable("SLURM_JOB_ID")}.{variable("SLURM_STEP_ID")}");

    private static RankSettings? ReadPmi(Func<string, string?> variable) =>
        Read(variable, "PMI", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS", variable("PMI_ID"));

    private static RankSettings? Read(
        Func<string, string?> variable, string launcher, string rank, string world, string localRank, string localWorld, string? job)
    {
        if (Integer(variable, world) is not { } size)
        {
            return null;
        }

        if (size == 1)
        {
            return Alone(launcher);
        }

        var local = localWorld.Length == 0 ? null : Integer(variable, localWorld);
        var number = Integer(variable, rank) ?? throw new DistributedException($"{launcher}: {world} is {size} but {rank} is not set");
        return new RankSettings
        {
            Rank = number,
            World = size,
            LocalRank = Integer(variable, localRank) ?? number,
            LocalWorld = local,
            Master = variable("MASTER_ADDR") ?? (local == size ? "127.0.0.1" : null) ?? FirstNode(variable("SLURM_STEP_NODELIST") ?? variable("SLURM_JOB_NODELIST"))
                ?? throw new DistributedException($"{launcher}: does not say where rank 0 is; set MASTER_ADDR to its machine, the same for all"),
            Port = Integer(variable, "MASTER_PORT") ?? PortOf(job ?? ""),
            Launcher = launcher,
        };
    }

    /// <summary>The first name of Slurm's list of machines, such as <c>node[003-007,12],other</c>.</summary>
    internal static string? FirstNode(string? list)
    {
        if (list is null)
        {
            return null;
        }

        var open = list.IndexOf('[', StringComparison.Ordinal);
        var comma = list.IndexOf(',', StringComparison.Ordinal);
        if (open < 0 || (comma >= 0 && comma < open))
        {
            return comma < 0 ? list : list[..comma];
        }

        var close = list.IndexOf(']', open);
        var number = list[(open + 1)..close].Split(',', '-')[0];
        var rest = list[(close + 1)..];
        var end = rest.IndexOf(',', StringComparison.Ordinal);
        return list[..open] + number + (end < 0 ? rest : rest[..end]);
    }

    // Jobs on one machine at the same time need different ports, and the processes of a job the same.
    private static int PortOf(string job)
    {
        var hash = 2166136261u; // FNV-1a
        foreach (var c in job)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return FirstPort + (int)(hash % Ports);
    }

    private static RankSettings Alone(string launcher) => new() { Rank = 0, World = 1, LocalRank = 0, Master = "127.0.0.1", Port = 0, Launcher = launcher };

    private static int? Integer(Func<string, string?> variable, string name) => variable(name) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) => value,
        var text => throw new DistributedException($"{name}={text}: must be a whole number"),
    };
}
