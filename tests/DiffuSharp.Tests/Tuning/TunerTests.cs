using DiffuSharp.Denoising;
using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Tests.Training;
using DiffuSharp.Torch;
using DiffuSharp.Tuning;
using DiffuSharp.Tuning.Families;
using DiffuSharp.Tuning.Losses;
using DiffuSharp.Tuning.Validation;

namespace DiffuSharp.Tests.Tuning;

/// <summary>Runs of the tuner on an exact model.</summary>
[Collection(TrainingCollection.Name)]
public sealed class TunerTests : IDisposable
{
    private static readonly TunerOptions s_options = new()
    {
        Iterations = 6, Batch = 8, MicroBatch = 4, Pool = 16, ValidationImages = 16, ValidationInterval = 2, CheckpointInterval = 2, LearningRate = 0.02,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly GaussianMixtureDenoiser _denoiser = TinyMixture.Create();
    private readonly KeptSamples _teacher;
    private readonly KeptSamples _heldOut;

    public TunerTests()
    {
        torch.set_num_threads(1);
        var tableau = new DpmSolverPlusPlus().Build(FamilyExamples.Levels(30));
        _teacher = KeptSamples.Compute(_denoiser, tableau, s_options.FirstSeed, 64, batch: 64);
        _heldOut = KeptSamples.Compute(_denoiser, tableau, TunerOptions.FirstHeldOutSeed, 64, batch: 64);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _denoiser.Dispose();
        _teacher.Dispose();
        _heldOut.Dispose();
    }

    [Theory]
    [InlineData("anchored ipndm", 0.4)]
    [InlineData("marginal", 0.9)]
    [InlineData("ggdm+pred+time", 0.8)]
    public void LearnsASamplerThatIsBetterOnHeldOutLatents(string name, double factor)
    {
        using var family = FamilyExamples.Create(name);
        var options = s_options with { Iterations = 80, Batch = 32, MicroBatch = 32, Pool = 64, ValidationImages = 64, ValidationInterval = 20, Patience = 0, LearningRate = 0.03 };
        var result = Tune(family, options);
        result.Best.ShouldBeLessThan(factor * result.Initial);
        result.Sampler.Nfe.ShouldBe(4);
        Tuner(family, options).Run().Initial.ShouldBe(result.Best, 1e-12); // the family is left at the best member
    }

    [Fact]
    public void MicroBatchesDoNotChangeTheResult()
    {
        using var one = FamilyExamples.Create("anchored dpmpp-2m");
        using var other = FamilyExamples.Create("anchored dpmpp-2m");
        var left = Tune(one, s_options);
        var right = Tune(other, s_options with { MicroBatch = 8 });
        left.History.Zip(right.History).ShouldAllBe(pair => Math.Abs((pair.First.Loss ?? 0) - (pair.Second.Loss ?? 0)) < 1e-12);
        left.Best.ShouldBe(right.Best, 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    public void AStoppedRunGoesOnToTheSameFile(int stopAfter)
    {
        using var whole = FamilyExamples.Create("ddim");
        Save(Tune(whole, s_options), "whole.sampler.json");

        using var stop = new CancellationTokenSource();
        using (var first = FamilyExamples.Create("ddim"))
        {
            var tuner = Tuner(first, s_options);
            var steps = 0;
            Should.Throw<OperationCanceledException>(() => tuner.Run(
                progress: new Inline(_ => { if (++steps == stopAfter) { stop.Cancel(); } }), cancellation: stop.Token));
        }

        using var second = FamilyExamples.Create("ddim");
        Save(Tuner(second, s_options).Run(resume: true), "resumed.sampler.json");
        File.ReadAllBytes(_folder["resumed.sampler.json"]).ShouldBe(File.ReadAllBytes(_folder["whole.sampler.json"]));
    }

    [Fact]
    public void AStateOfOtherOptionsIsRefused()
    {
        using var family = FamilyExamples.Create("ddim");
        Tuner(family, s_options).Run();
        Should.Throw<InvalidInputException>(() => Tuner(family, s_options with { LearningRate = 0.5 }).Run(resume: true)).Message.ShouldContain("other options");
        File.WriteAllText(_folder["state.safetensors"], "broken");
        Should.Throw<InvalidDataException>(() => Tuner(family, s_options).Run(resume: true));
    }

    [Fact]
    public void AStateOfOtherWeightsFeaturesOrDataIsRefused()
    {
        using var features = new PixelFeatures();
        using var statistics = FeatureStatistics.Of(features.Features(_heldOut.Of(s_options.HeldOutSeeds(), Device.CPU)));
        Run(1, "a", resume: false);
        Run(1, "a", resume: true);
        Should.Throw<InvalidInputException>(() => Run(2, "a", resume: true)).Message.ShouldContain("other options");
        Should.Throw<InvalidInputException>(() => Run(1, "b", resume: true)).Message.ShouldContain("other options");

        void Run(double weight, string data, bool resume)
        {
            using var family = FamilyExamples.Create("ddim");
            var loss = new TeacherLoss(_teacher, features, new TeacherLossOptions { FeatureWeight = weight });
            var reference = new ReferenceStatistics { Statistics = statistics, Protocol = features.Protocol, Sha256 = data };
            new Tuner(family, _denoiser, loss, new FeatureValidation(features, reference), s_options with { Iterations = 1 })
            {
                StateFile = _folder["state.safetensors"],
            }.Run(resume);
        }
    }

    [Fact]
    public void AMeasurementThatIsNotFiniteIsNoBetterThanAnyOther()
    {
        var options = s_options with { Iterations = 5, ValidationInterval = 1, Patience = 0 };
        var result = Run([double.NaN, 5, double.NegativeInfinity, 3, double.NaN, double.PositiveInfinity], resume: false);
        (result.Best, result.BestIteration).ShouldBe((3, 3));
        double.IsNaN(result.Initial).ShouldBeTrue();
        var again = Run([], resume: true);
        again.Sampler.ShouldBe(result.Sampler);
        again.History.Select(point => point.Validation).ShouldBe(result.History.Select(point => point.Validation));

        File.Delete(_folder["state.safetensors"]);
        var never = Run([.. Enumerable.Repeat(double.NaN, 6)], resume: false);
        (double.IsNaN(never.Best), never.BestIteration).ShouldBe((true, 0));

        TuningResult Run(double[] values, bool resume)
        {
            using var family = FamilyExamples.Create("anchored ddim");
            var loss = new TeacherLoss(_teacher, null, new TeacherLossOptions());
            return new Tuner(family, _denoiser, loss, new ListedMetric(values), options) { StateFile = _folder["state.safetensors"] }.Run(resume);
        }
    }

    [Fact]
    public void ValidationTakesMicroBatchesAndStopsBetweenThem()
    {
        using var stop = new CancellationTokenSource();
        using var pixels = new PixelFeatures();
        using var statistics = FeatureStatistics.Of(pixels.Features(_heldOut.Of(s_options.HeldOutSeeds(), Device.CPU)));
        var features = new CountingFeatures(pixels);
        var metric = new FeatureValidation(features, new ReferenceStatistics { Statistics = statistics, Protocol = pixels.Protocol });
        using var scope = torch.NewDisposeScope();
        var batch = new SampleBatch(s_options.HeldOutSeeds(), _heldOut.Of(s_options.HeldOutSeeds(), Device.CPU), MicroBatch: 6);
        metric.Measure(batch, stop.Token).ShouldBe(metric.Measure(batch with { MicroBatch = 64 }), 1e-12);
        features.Sizes.ShouldBe([6, 6, 4, 16]);

        features.Then = stop.Cancel;
        Should.Throw<OperationCanceledException>(() => metric.Measure(batch, stop.Token));
        features.Sizes.Count.ShouldBe(5);
    }

    [Fact]
    public void StopsWhenTheMetricNoLongerImprovesAndKeepsTheBest()
    {
        using var family = FamilyExamples.Create("anchored ddim");
        var metric = new ListedMetric([5, 3, 4, 4, 4, 4, 4]);
        var tuner = new Tuner(
            family, _denoiser, new TeacherLoss(_teacher, null, new TeacherLossOptions()), metric, s_options with { Iterations = 100, Patience = 2, ValidationInterval = 1 });
        var result = tuner.Run();
        result.Outcome.ShouldBe(TuningOutcome.StoppedEarly);
        (result.Initial, result.Best, result.BestIteration).ShouldBe((5, 3, 1));
        metric.Samples(result.Sampler, _denoiser).ShouldBe(metric.Seen[1]);
    }

    [Fact]
    public void OnlyFreeParametersMove()
    {
        using var family = FamilyExamples.Create("anchored ddim");
        family.Restrict(["history"]);
        var tableau = family.Freeze();
        var learned = Tune(family, s_options).Sampler;
        learned.Rows.Select(row => row.Sigma).ShouldBe(tableau.Rows.Select(row => row.Sigma));
        learned.ShouldNotBe(tableau);
        family.Restrict([]);
        Should.Throw<InvalidInputException>(() => Tuner(family, s_options)).Message.ShouldContain("nothing to learn");
    }

    [Fact]
    public void KeepsNoTensorsFromStepToStep()
    {
        using var family = FamilyExamples.Create("anchored dpmpp-2m");
        Tune(family, s_options);
        var before = LiveTensors.CountWithoutGarbage();
        Tune(family, s_options);
        Tensor.LiveCount.ShouldBe(before);
    }

    private TuningResult Tune(SamplerFamily family, TunerOptions options) => Tuner(family, options, null).Run();

    private Tuner Tuner(SamplerFamily family, TunerOptions options) => Tuner(family, options, _folder["state.safetensors"]);

    private Tuner Tuner(SamplerFamily family, TunerOptions options, string? state) => new(
        family,
        _denoiser,
        new TeacherLoss(_teacher, null, new TeacherLossOptions()),
        new LossValidation(new TeacherLoss(_heldOut, null, new TeacherLossOptions())),
        options)
    {
        StateFile = state,
    };

    private void Save(TuningResult result, string name) =>
        new SamplerFile(result.Sampler, new SamplerMetadata("learned", [new("best", $"{result.Best:R} {result.BestIteration}")], "test")).Save(_folder[name]);

    private sealed class Inline(Action<TuningProgress> handle) : IProgress<TuningProgress>
    {
        public void Report(TuningProgress value) => handle(value);
    }

    private sealed class CountingFeatures(PixelFeatures inner) : IFeatureExtractor
    {
        public FeatureProtocol Protocol => inner.Protocol;

        public List<long> Sizes { get; } = [];

        public Action Then { get; set; } = () => { };

        public FeatureBatch Extract(Tensor pixels)
        {
            Sizes.Add(pixels.size(0));
            Then();
            return inner.Extract(pixels);
        }

        public Tensor Features(Tensor images) => inner.Features(images);

        public void Dispose() => inner.Dispose();
    }

    private sealed class ListedMetric(double[] values) : IValidationMetric
    {
        private int _next;

        public string Name => "listed";

        public List<double[]> Seen { get; } = [];

        public double Measure(SampleBatch batch, CancellationToken cancellation = default)
        {
            Seen.Add(batch.Samples[0].contiguous().ToArray<double>());
            return values[_next++];
        }

        // The first held-out sample.
        public double[] Samples(SamplerTableau tableau, IDenoiser denoiser)
        {
            using var draws = new SeededDraws(denoiser, [.. s_options.HeldOutSeeds().Take(4)]);
            using var run = new SamplerRun(tableau, denoiser, draws);
            using var scope = torch.NewDisposeScope();
            return run.Finish()[0].contiguous().ToArray<double>();
        }
    }
}
