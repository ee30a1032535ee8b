namespace DiffuSharp.Torch.Distributed;

/// <summary>
/// How processes find out, before they connect to each other, that all are there and were told the same: each says so to rank 0, which then lets all
/// begin, or end with one line.
/// </summary>
internal static class Meeting
{
    private const string World = "world";
    private const string Begin = "begin";

    public static void Hold(RankSettings settings, KeyValueStore store)
    {
        if (settings.Rank == 0)
        {
            Host(settings, store);
        }
        else
        {
            Join(settings, store);
        }
    }

    private static void Host(RankSettings settings, KeyValueStore store)
    {
        store.Set(World, $"{settings.World}");
        var problem = store.Add(Seat(0), 1) > 1 ? "two processes are rank 0" : "";
        for (var rank = 1; rank < settings.World && problem.Length == 0; rank++)
        {
            try
            {
                problem = store.Get(Ready(rank));
            }
            catch (DistributedException)
            {
                int[] missing = [.. Enumerable.Range(1, settings.World - 1).Where(r => !store.Has(Ready(r)))];
                problem = $"rank {string.Join(", ", missing)} of {settings.World} did not come in time; was it started, with the same MASTER_ADDR and MASTER_PORT?";
            }
        }

        store.Set(Begin, problem);
        Require(problem);
    }

    private static void Join(RankSettings settings, KeyValueStore store)
    {
        var world = store.Get(World);
        var problem = world != $"{settings.World}"
            ? $"rank {settings.Rank} was told of {settings.World} processes, rank 0 of {world}; start all with the same number"
            : store.Add(Seat(settings.Rank), 1) > 1 ? $"two processes are rank {settings.Rank}; each needs its own" : "";
        store.Set(Ready(settings.Rank), problem);
        Require(problem);
        Require(store.Get(Begin));
    }

    private static string Seat(int rank) => $"seat/{rank}";

    private static string Ready(int rank) => $"ready/{rank}";

    private static void Require(string problem)
    {
        if (problem.Length > 0)
        {
            throw new DistributedException(problem);
        }
    }
}
