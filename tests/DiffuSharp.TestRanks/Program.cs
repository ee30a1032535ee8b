using DiffuSharp.TestRanks;
using DiffuSharp.Torch.Distributed;

// One rank of a test: a case by its name, among the ranks that the environment tells of. What it finds goes to the output.
try
{
    switch (args)
    {
        case ["collectives"]:
            Collectives.Run();
            break;
        case ["buckets"]:
            Buckets.Run();
            break;
        case ["speed"]:
            Speed.Run();
            break;
        case ["lost", var seconds]:
            LostRank.Run(double.Parse(seconds));
            break;
        case ["train", var options, var steps, var state]:
            Training.Run(options, int.Parse(steps), state);
            break;
        default:
            Console.Error.WriteLine($"no such case: {string.Join(' ', args)}");
            return 1;
    }

    return 0;
}
catch (DistributedException error)
{
    Console.Error.WriteLine(error.Message);
    return error.IsLoss ? 3 : 2;
}
