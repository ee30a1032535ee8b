using DiffuSharp.Torch;
using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.TestRanks;

/// <summary>Each operation on small numbers, one line each.</summary>
internal static class Collectives
{
    public static void Run()
    {
        using var group = ProcessGroup.Meet(RankSettings.FromEnvironment()!);
        using var scope = torch.NewDisposeScope();
        var rank = group.Rank;
        var sum = torch.tensor([1.0 + rank, 10]);
        group.all_reduce(sum);
        Say("sum", sum);
        var max = torch.tensor([rank, -rank]);
        group.all_reduce(max, ReduceOperation.Max);
        Say("max", max);
        var first = torch.full([3], rank + 5);
        group.broadcast(first, root: 1);
        Say("broadcast", first);
        Say("gather", group.all_gather(torch.tensor([rank * 2L, 7])));
        var parts = Enumerable.Range(0, 4).Select(i => torch.full([1000], (i + 1.0) * (rank + 1))).ToList();
        var works = parts.ConvertAll(part => group.all_reduce_async(part));
        works.ForEach(work => work.wait());
        works.ForEach(work => work.Dispose());
        Console.WriteLine($"async {string.Join(' ', parts.Select(part => part.mean([0]).ToDouble()))}");
        Console.WriteLine($"bytes {(group.GatherBytes(new byte[rank * 3]) is { } all ? string.Join(' ', all.Select(b => b.Length)) : "elsewhere")}");
        Console.WriteLine($"text {group.BroadcastText(rank == 0 ? "\u03c3 of rank 0" : "other")}");
        try
        {
            group.RequireSame($"{rank}", "numbers");
        }
        catch (DistributedException error)
        {
            Console.WriteLine(error.Message);
        }

        group.barrier();
    }

    private static void Say(string what, Tensor tensor) =>
        Console.WriteLine($"{what} {string.Join(' ', tensor.to(ScalarType.Float64).ToArray<double>())}");
}
