using System.Diagnostics;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.TestRanks;

/// <summary>How long sums of float32 numbers take: the median of some repetitions for each size.</summary>
internal static class Speed
{
    private const int Repetitions = 21;

    public static void Run()
    {
        torch.set_num_threads(1);
        using var group = ProcessGroup.Meet(RankSettings.FromEnvironment()!);
        foreach (var numbers in new[] { 1, 1 << 10, 1 << 18, 1_260_000, 1 << 23 })
        {
            using var tensor = torch.ones([numbers]);
            var times = new List<double>();
            for (var i = 0; i < Repetitions; i++)
            {
                group.barrier();
                var watch = Stopwatch.StartNew();
                group.all_reduce(tensor);
                times.Add(watch.Elapsed.TotalMilliseconds);
            }

            times.Sort();
            if (group.Rank == 0)
            {
                Console.WriteLine($"{numbers * 4} bytes: {times[Repetitions / 2]:0.000} ms ({times[0]:0.000} at best)");
            }
        }
    }
}
