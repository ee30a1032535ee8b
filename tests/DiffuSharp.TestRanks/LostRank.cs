using DiffuSharp.Torch;
using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.TestRanks;

/// <summary>The last rank is gone, or sleeps longer than the others wait.</summary>
internal static class LostRank
{
    public static void Run(double seconds)
    {
        using var group = ProcessGroup.Meet(RankSettings.FromEnvironment()!);
        group.barrier();
        if (group.Rank == group.Size - 1)
        {
            if (seconds == 0)
            {
                Environment.Exit(9);
            }

            Thread.Sleep(TimeSpan.FromSeconds(seconds));
        }

        using var tensor = torch.ones([1000]);
        group.all_reduce(tensor);
    }
}
