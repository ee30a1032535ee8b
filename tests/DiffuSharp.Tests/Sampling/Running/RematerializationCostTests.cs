using System.Diagnostics;
using DiffuSharp.Denoising;
using DiffuSharp.Networks;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Tests.Training;
using DiffuSharp.Torch;
using Xunit.Abstractions;

namespace DiffuSharp.Tests.Sampling.Running;

/// <summary>What it costs not to keep the graphs: the shipped network, 5 NFE, one thread.</summary>
[Collection(TrainingCollection.Name)]
public class RematerializationCostTests(ITestOutputHelper output)
{
    private const int Images = 32;
    private const int Rounds = 5;

    [MeasurementFact]
    public void A_step_takes_at_most_one_and_a_half_times_as_long_as_plain_backpropagation()
    {
        torch.set_num_threads(1);
        using var model = ModelFile.Load(RepositoryFolder.File("models", "fashion-mnist.safetensors"));
        var tableau = new Ipndm().Build(NoiseLevels.EDM(5, new SigmaRange(0.002, 80)));
        long[] seeds = [.. Enumerable.Range(0, Images)];

        var (remade, plain) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++) // the first one warms up
        {
            remade.Add(Seconds(() => Rematerialized(model.Denoiser, tableau, seeds)));
            plain.Add(Seconds(() => Plain(model.Denoiser, tableau, seeds)));
        }

        var (a, b) = (remade.Skip(1).Order().ElementAt(Rounds / 2), plain.Skip(1).Order().ElementAt(Rounds / 2));
        output.WriteLine($"rematerialised {a:0.000} s, plain {b:0.000} s, ratio {a / b:0.00} (medians of {Rounds}, {Images} images)");
        (a / b).ShouldBeLessThan(1.5);
    }

    private static void Rematerialized(PreconditionedDenoiser denoiser, SamplerTableau tableau, long[] seeds)
    {
        using var scope = torch.NewDisposeScope();
        using var noise = new SeededNoise(seeds, denoiser.Shape);
        using var run = RematerializedRun.Of(tableau, denoiser, noise);
        run.Backward(run.Forward());
    }

    private static void Plain(PreconditionedDenoiser denoiser, SamplerTableau tableau, long[] seeds)
    {
        using var scope = torch.NewDisposeScope();
        using var noise = new SeededNoise(seeds, denoiser.Shape);
        var layout = TableauLayout.Of(tableau);
        var values = torch.tensor(layout.Read(tableau)).requires_grad_();
        var sample = PlainRun.Sample(layout, values, denoiser, noise.Next(), noise);
        torch.autograd.grad([sample], [values], [sample.detach()]);
    }

    private static double Seconds(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }
}
