using DiffuSharp.Data;
using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

public sealed class EvaluationTests : IDisposable
{
    private readonly TinyEvaluation _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void Batches_of_any_size_collect_the_same()
    {
        using var small = Collect(_tiny.Data, batch: 7);
        using var large = Collect(_tiny.Data, batch: 120);
        using var scope = NewDisposeScope();

        small.Count.ShouldBe(120);
        small.Classes.ShouldBe(large.Classes);
        (small.Features - large.Features).abs().max().ToDouble().ShouldBeLessThan(1e-4);
        (small.Statistics.Covariance - large.Statistics.Covariance).abs().max().ToDouble().ShouldBeLessThan(1e-4);
        small.ClassStatistics.Select(s => s!.Count).ShouldBe([40L, 40, 40]);
    }

    [Fact]
    public void A_reference_survives_its_file()
    {
        using var images = Collect(_tiny.Data);
        var path = Write(images);
        using var scope = NewDisposeScope();
        using var read = ReferenceFile.Read(path);

        read.Statistics.Count.ShouldBe(120);
        read.Statistics.Mean.equal(images.Statistics.Mean).ShouldBeTrue();
        read.Statistics.Covariance.equal(images.Statistics.Covariance).ShouldBeTrue();
        read.Features!.equal(images.Features).ShouldBeTrue();
        read.Protocol!.IsSameAs(images.Protocol).ShouldBeTrue();
        read.Dataset.ShouldBe("tiny");
        read.ClassStatistics.Count.ShouldBe(3);
        read.ClassStatistics[2]!.Covariance.equal(images.ClassStatistics[2]!.Covariance).ShouldBeTrue();
        read.Sha256.ShouldBe(FileHash.Sha256(path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void References_of_EDM_and_ADM_are_read(bool adm)
    {
        using var images = Collect(_tiny.Data);
        using var scope = NewDisposeScope();
        List<(string, NpyValue)> arrays = [("mu", images.Statistics.Mean.ToNpy()), ("sigma", images.Statistics.Covariance.ToNpy())];
        if (adm)
        {
            arrays.AddRange([("mu_s", zeros([9]).ToNpy()), ("sigma_s", zeros([9, 9]).ToNpy())]);
        }

        NpzFile.Write(_tiny.Folder["other.npz"], arrays);
        using var read = ReferenceFile.Read(_tiny.Folder["other.npz"]);

        read.Protocol.ShouldBeNull();
        read.Statistics.Count.ShouldBeNull();
        var value = Evaluate(images, read, MetricKind.Frechet).Single();
        value.Value.ShouldBe(0, 1e-6);
        value.ReferenceImages.ShouldBeNull();
        Should.Throw<InvalidInputException>(() => Evaluate(images, read, MetricKind.Kernel)).Message.ShouldContain("only mu and sigma");
    }

    [Fact]
    public void All_metrics_come_with_N_and_spread()
    {
        using var images = Collect(_tiny.Test);
        using var against = Collect(_tiny.Data);
        using var reference = ReferenceFile.Read(Write(against));

        var values = Evaluate(images, reference, [.. Enum.GetValues<MetricKind>()]).ToDictionary(v => v.Name);

        values.Keys.ShouldBe(["fid", "kid", "is", "precision", "recall", "density", "coverage", "acc", "fid[0]", "fid[1]", "fid[2]"]);
        values["fid"].Images.ShouldBe(60);
        values["fid"].ReferenceImages.ShouldBe(120);
        values["fid"].Value.ShouldBe(FrechetDistance.Compute(images.Statistics, against.Statistics).Value, 1e-6);
        values["fid"].Uncertainty!.Value.ShouldBeGreaterThan(0);
        values["fid"].Note.ShouldContain("N to infinity");
        values["precision"].Value.ShouldBeInRange(0.5, 1);
        values["is"].Value.ShouldBeInRange(1, 3);
        values["acc"].Value.ShouldBe(ClassAccuracy.Compute(images.Logits!, images.Classes!).Value);
        values["fid[1]"].Images.ShouldBe(20);
        values.Values.ShouldAllBe(v => v.Seconds > 0);
    }

    [Fact]
    public void A_reference_of_other_features_is_refused()
    {
        using var images = Collect(_tiny.Data);
        using var reference = ReferenceFile.Read(Write(images));
        TinyEvaluation.Save(_tiny.Classifier, seed: 2);
        using var others = Collect(_tiny.Data);

        var error = Should.Throw<InvalidInputException>(() => Evaluate(others, reference, MetricKind.Frechet));

        error.Message.ShouldContain(FileHash.Short(images.Protocol.Sha256!));
        error.Message.ShouldContain("evaluate ref");
    }

    [Fact]
    public void Features_that_are_not_finite_are_refused()
    {
        using var extractor = new BrokenExtractor();
        using var scope = NewDisposeScope();
        var batch = new LabeledBatch(zeros([3, 1, 8, 8], ScalarType.Byte), null);

        Should.Throw<InvalidInputException>(() => FeatureCollector.Collect(extractor, [batch])).Message.ShouldContain("NaN");
    }

    [Theory]
    [InlineData("mu", "sigma")]
    [InlineData("sigma", "mu")]
    public void Damaged_references_are_refused_in_one_line(string present, string missing)
    {
        using var scope = NewDisposeScope();
        NpzFile.Write(_tiny.Folder["bad.npz"], [(present, zeros([4]).ToNpy())]);
        Should.Throw<InvalidDataException>(() => ReferenceFile.Read(_tiny.Folder["bad.npz"])).Message.ShouldContain(missing);

        NpzFile.Write(_tiny.Folder["bad.npz"], [("mu", zeros([4]).ToNpy()), ("sigma", full([4, 4], double.NaN).ToNpy())]);
        var error = Should.Throw<InvalidDataException>(() => ReferenceFile.Read(_tiny.Folder["bad.npz"]));
        error.Message.ShouldContain("bad.npz");
        error.Message.ShouldContain("NaN");
    }

    private static IReadOnlyList<MetricValue> Evaluate(FeatureSet images, ReferenceStatistics reference, params MetricKind[] metrics) =>
        new Evaluator(images, reference, new EvaluationOptions { Metrics = metrics, KidSubsets = 5, InceptionSplits = 2, Bootstrap = 4 }).Run();

    private FeatureSet Collect(string data, int batch = 16)
    {
        using var extractor = _tiny.OpenFeatures();
        using var dataset = ImageDataset.Open(data);
        return FeatureCollector.Collect(extractor, DatasetBatches.Read(dataset, batch), perClass: true);
    }

    private string Write(FeatureSet images)
    {
        var path = _tiny.Folder["ref.npz"];
        ReferenceFile.Write(path, new ReferenceStatistics
        {
            Statistics = images.Statistics, Protocol = images.Protocol, Dataset = "tiny", Features = images.Features, ClassStatistics = images.ClassStatistics,
        });
        return path;
    }

    private sealed class BrokenExtractor : IFeatureExtractor
    {
        public FeatureProtocol Protocol { get; } = new() { Name = "broken", Channels = 1, Mean = [0], Std = [1], Layer = "none", FeatureDim = 2 };

        public FeatureBatch Extract(Tensor pixels) => new(full([pixels.size(0), 2], double.NaN), null);

        public Tensor Features(Tensor images) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
