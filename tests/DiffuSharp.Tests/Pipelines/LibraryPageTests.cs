using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Metrics.Measures;
using DiffuSharp.Pipelines;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Levels;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Search.Algorithms;
using DiffuSharp.Search.Verifiers;
using DiffuSharp.Tests.Cli;
using DiffuSharp.Tests.Metrics;
using DiffuSharp.Tests.Training;
using DiffuSharp.Torch;
using DiffuSharp.Training;
using DiffuSharp.Training.Losses;
using DiffuSharp.Tuning;
using DiffuSharp.Tuning.Families;

namespace DiffuSharp.Tests.Pipelines;

/// <summary>The lines of docs/library.md, compiled and run as they stand there.</summary>
public sealed class LibraryPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private string Model => TinyModel.Save(_folder["tiny.safetensors"], labelDim: TinyEvaluation.Classes, size: TinyEvaluation.Side);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_snippet_of_the_page_stands_here()
    {
        var source = Lines(File.ReadAllText(RepositoryFolder.File("tests", "DiffuSharp.Tests", "Pipelines", "LibraryPageTests.cs")));
        var page = File.ReadAllText(RepositoryFolder.File("docs", "library.md"));
        string[] snippets = [.. page.Split("```csharp\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)])];
        snippets.Length.ShouldBe(10);
        snippets.ShouldAllBe(snippet => source.Contains(Lines(snippet)));
    }

    [Fact]
    public void Sample()
    {
        var model = Model;
        var folder = _folder["out"];
        using var pipeline = Pipeline.Open(model);
        foreach (var image in pipeline.Sample(seeds: 0..4, @class: 2))
        {
            image.Save($"{folder}/{image.Seed:000000}.png");
        }

        Directory.GetFiles(folder).Length.ShouldBe(4);
    }

    [Fact]
    public void Another_solver()
    {
        var model = Model;
        using var pipeline = Pipeline.Open(model);
        var sampler = new Sampler(new UniPC { Order = 3 }, steps: 8, new EdmSteps { Rho = 5 });
        var images = pipeline.Sample(seeds: 0..4, sampler: sampler).ToList();
        images.ShouldAllBe(image => image.Sampler!.Solver == "unipc-3");
    }

    [Fact]
    public void Learn_a_sampler_and_use_it()
    {
        var model = Model;
        var learned = _folder["tiny-3.sampler.json"];
        {
            using var pipeline = Pipeline.Open(model);
            var sampler = pipeline.Tune(nfe: 3, new Anchored(), options: new TunerOptions { Iterations = 2 });
            sampler.Save(learned);
        }

        {
            using var pipeline = Pipeline.Open(model);
            var images = pipeline.Sample(seeds: 0..4, sampler: Sampler.Load(learned)).ToList();
            images.ShouldAllBe(image => image.Sampler!.Solver == "learned-anchored");
            pipeline.SamplerFor(3).ToString().ShouldStartWith("learned-anchored");
            pipeline.SamplerFor().ToString().ShouldStartWith("learned-anchored");
        }
    }

    [Fact]
    public void Guide()
    {
        var model = Model;
        var weaker = model;
        var guidance = new Autoguidance { Weight = 1.5, Network = weaker };
        using var pipeline = Pipeline.Open(model, new PipelineOptions { Guidance = guidance });
        var images = pipeline.Sample(seeds: 0..4).ToList();
        images.Count.ShouldBe(4);
    }

    [Fact]
    public void Search_and_measure()
    {
        var model = Model;
        using var tiny = new TinyEvaluation();
        var (classifier, statistics) = (tiny.Classifier, _folder["reference.npz"]);
        CommandLine.Run("evaluate", "ref", "--data", tiny.Data, "--features", classifier, "--dest", statistics).ExitCode.ShouldBe(0);
        {
            using var pipeline = Pipeline.Open(model);
            var search = new ZeroOrderSearch { Candidates = 4 };
            var result = pipeline.Search(seeds: 0..2, search, new ClassifierRecipe { File = classifier }, nfe: 280);
            result.Images.ShouldAllBe(image => image.Final.Score >= image.Plain.Score);
        }

        {
            using var pipeline = Pipeline.Open(model);
            using var reference = FeatureReference.Open(statistics, classifier);
            var values = pipeline.Evaluate(reference, [new Fid(), new Kid()], images: 20);
            values.Select(value => value.Name).ShouldBe(["fid", "kid"]);
        }
    }

    [Fact]
    public void Train()
    {
        var folder = _folder["out"];
        using var tiny = new TinyRun();
        var options = tiny.Options;
        using var trainer = new Trainer(options);
        var result = trainer.Run(RunDirectory.Create(folder, trainer.RunName));
        using var pipeline = Pipeline.Open(result.Snapshot);
        pipeline.Sample(0..1).Count().ShouldBe(1);
    }

    [Fact]
    public void Train_on_own_data()
    {
        var folder = _folder["out"];
        using var tiny = new TinyRun();
        var options = tiny.Options with { Cond = false };
        using IImageDataset data = new Stripes();
        using var trainer = new Trainer(options, data);
        var result = trainer.Run(RunDirectory.Create(folder, trainer.RunName));
        result.Outcome.ShouldBe(TrainingOutcome.Completed);
    }

    [Fact]
    public void Train_with_own_loss()
    {
        var folder = _folder["out"];
        using var tiny = new TinyRun();
        var options = tiny.Options;
        TrainingLoss loss = new HalfSquared();
        using var trainer = new Trainer(options, loss: loss);
        var result = trainer.Run(RunDirectory.Create(folder, trainer.RunName));
        result.Outcome.ShouldBe(TrainingOutcome.Completed);
    }

    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private sealed class Stripes : IImageDataset
    {
        public string Name => "stripes";

        public int Count => 32;

        public ImageShape Shape => new(1, 8, 8);

        public int LabelCount => 0;

        public IReadOnlyList<string>? LabelNames => null;

        public void ReadImage(int index, Span<byte> chw)
        {
            for (var i = 0; i < chw.Length; i++)
            {
                chw[i] = (byte)(((i + index) % 4) * 80);
            }
        }

        public void ReadLabel(int index, Span<float> label) => label.Clear();

        public string FileName(int index) => $"{index}";

        public void Dispose()
        {
        }
    }

    /// <summary>Noise levels between 0.1 and 10, weighted equally.</summary>
    [Recipe("half-squared")]
    private sealed record HalfSquared : DenoisingLoss
    {
        public override double Sigma(double unit) => 0.1 * Math.Pow(100, unit);

        public override double Weight(double sigma) => 0.5;

        protected override Tensor DrawUnit(long[] size, Generator generator) => torch.rand(size, generator, ScalarType.Float64);
    }
}
