using DiffuSharp.Torch;
using DiffuSharp.Torch.Distributed;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.TestRanks;

/// <summary>Gradients of a function that depends on the rank, in buckets of a few parameters, accumulated over two backward passes.</summary>
internal static class Buckets
{
    public static void Run()
    {
        using var group = ProcessGroup.Meet(RankSettings.FromEnvironment()!);
        Parameter[] parameters = [.. Enumerable.Range(0, 5).Select(i => new Parameter(torch.full([100], i + 1.0, ScalarType.Float64)))];
        using var buckets = new GradientBuckets(group, parameters, bytes: 1600);
        Console.WriteLine($"buckets {buckets.Count}");
        for (var step = 0; step < 3; step++)
        {
            Pass(parameters, group.Rank + 1);
            buckets.Arm();
            Pass(parameters, 10 * (group.Rank + 1));
            buckets.Finish();
            Console.WriteLine($"gradients {string.Join(' ', parameters.Select(p => p.grad!.mean([0]).ToDouble()))}");
            Array.ForEach(parameters, p => p.grad = null);
        }
    }

    // The gradient of parameter i is weight i².
    private static void Pass(Parameter[] parameters, double weight)
    {
        using var scope = torch.NewDisposeScope();
        parameters.Select((p, i) => (p * ((i + 1.0) * (i + 1.0) * weight)).sum()).Aggregate((a, b) => a + b).backward();
    }
}
