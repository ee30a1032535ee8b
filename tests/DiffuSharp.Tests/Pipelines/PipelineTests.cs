using DiffuSharp.Denoising;
using DiffuSharp.Pipelines;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Tests.Cli;

namespace DiffuSharp.Tests.Pipelines;

public sealed class PipelineTests : IDisposable
{
    private const int Classes = 4;

    private readonly TemporaryFolder _folder = new();

    private string Model => TinyModel.Save(_folder["tiny.safetensors"], labelDim: Classes);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sixteen_threads_get_the_images_that_one_gets()
    {
        using var pipeline = Pipeline.Open(Model);
        var churning = new Sampler(new Heun { S_churn = 2 }, 3);
        byte[][] Images(Seeds seeds) => [.. pipeline.Sample(seeds, sampler: churning, batch: 1).Select(image => image.Image.Pixels)];
        var alone = Images(0..16);
        var together = new byte[16][];
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, seed =>
        {
            for (var repeat = 0; repeat < 3; repeat++)
            {
                together[seed] = Images((long)seed)[0];
            }
        });
        together.ShouldBe(alone);
    }

    [Fact]
    public void Levels_are_cut_and_rounded_to_the_model()
    {
        var discrete = new DiscretePreconditioning(Steps: 50);
        using var pipeline = Pipeline.Open(TinyModel.Save(_folder["discrete.safetensors"], labelDim: 0, preconditioning: discrete));
        var tableau = new Sampler(new Heun { S_churn = 4 }, 6).Build(pipeline.Denoiser).Tableau;
        tableau.Rows.Take(tableau.Nfe).ShouldAllBe(row => discrete.Schedule.Sigmas.Contains(row.Sigma));
        pipeline.Sample(0..2, sampler: new Sampler(new UniPC { Order = 3 }, 4)).Count().ShouldBe(2);
    }

    [Fact]
    public void Images_know_their_seed_class_and_sampler()
    {
        using var pipeline = Pipeline.Open(Model);
        var image = pipeline.Sample(7L, @class: 2, sampler: new Sampler(new Ddim(), 3)).Single();
        (image.Seed, image.Class, image.Sampler!.Solver).ShouldBe((7, 2, "ddim"));
        Should.Throw<InvalidInputException>(() => pipeline.Sample(0..1, @class: "Boot")).Message.ShouldBe("class Boot: the model knows no names of classes; give a number");
    }

    [Fact]
    public void A_class_is_asked_for_by_name()
    {
        string[] names = ["Trouser", "Ankle boot", "Bag"];
        ((ClassChoice)"ankle BOOT").NumberIn(names).ShouldBe(1);
        ((ClassChoice)"2").NumberIn(names).ShouldBe(2);
        Should.Throw<InvalidInputException>(() => ((ClassChoice)"Trousers").NumberIn(names)).Message.ShouldContain("did you mean 'Trouser'");
    }

    [Fact]
    public void Few_evaluations_take_a_multistep_solver()
    {
        using var pipeline = Pipeline.Open(Model);
        pipeline.SamplerFor(5).Solver.ShouldBeOfType<DpmSolverPlusPlus>();
        pipeline.SamplerFor(35).Solver.ShouldBeOfType<Heun>();
        pipeline.SamplerFor().ToString().ShouldBe("heun, 18 steps, edm");
    }

    [Fact]
    public void Guidance_is_a_recipe_and_needs_a_model_that_has_classes_or_a_weaker_one()
    {
        var path = Model;
        var unconditional = TinyModel.Save(_folder["plain.safetensors"], labelDim: 0);
        Should.Throw<InvalidInputException>(() => Pipeline.Open(unconditional, new PipelineOptions { Guidance = new ClassifierFreeGuidance { Weight = 2 } }))
            .Message.ShouldContain("needs a class-conditional model");
        using var guided = Pipeline.Open(path, new PipelineOptions { Guidance = new Autoguidance { Weight = 2, Network = path, Low = 0.2, High = 5 } });
        guided.Denoiser.EvaluationsAt(1).ShouldBe(2);
        guided.Denoiser.EvaluationsAt(10).ShouldBe(1);
        Should.Throw<InvalidInputException>(() => Pipeline.Open(path, new PipelineOptions { Guidance = new Autoguidance { Weight = 2 } }))
            .Message.ShouldBe("autoguidance: names no weaker model; give network=FILE");
    }

    [Fact]
    public async Task Cancellation_is_answered_between_two_evaluations()
    {
        using var pipeline = Pipeline.Open(Model);
        using var stop = new CancellationTokenSource();
        var rows = 0;
        var progress = new Told(() =>
        {
            if (++rows == 2)
            {
                stop.Cancel();
            }
        });
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in pipeline.SampleAsync(0..4, sampler: new Sampler(new Ddim(), 20), progress: progress, cancellation: stop.Token))
            {
            }
        });
        rows.ShouldBe(2);
    }

    private sealed class Told(Action action) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => action();
    }
}
