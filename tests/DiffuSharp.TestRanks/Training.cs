using DiffuSharp.Torch;
using DiffuSharp.Torch.Distributed;
using DiffuSharp.Training;

namespace DiffuSharp.TestRanks;

/// <summary>Steps of a run in float64 among the ranks, or alone without any; the loss of each step, and the state at the end.</summary>
internal static class Training
{
    public static void Run(string file, int steps, string state)
    {
        torch.set_num_threads(1);
        using var group = RankSettings.FromEnvironment() is { } settings ? ProcessGroup.Meet(settings) : null;
        var options = TrainingOptions.FromJson(File.ReadAllText(file));
        using var trainer = new Trainer(options, group: group);
        using var data = TrainingData.Open(trainer.Options);
        var images = new StreamedImages(data.Training, Device.CPU, new DataOrder(data.Training.Count, options.Seed), options.Batch);
        using var session = new TrainingSession(trainer.Options, trainer.Description, trainer.Options.CreateLoss(), images, group, ScalarType.Float64);
        session.Synchronize();
        for (var step = 0; step < steps; step++)
        {
            using var scope = torch.NewDisposeScope();
            var result = session.Step();
            Console.WriteLine($"{result.Mean:R} {result.GradientNorm:R}");
        }

        if (group is null or { Rank: 0 })
        {
            TrainingStateFile.Save(state, session);
        }
    }
}
