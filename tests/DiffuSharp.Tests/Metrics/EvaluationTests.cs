using DiffuSharp.Data;
using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Metrics.Measures;
using DiffuSharp.Metrics.Resizing;
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
        var value = Evaluate(images, read, new Fid()).Single();
        value.Value.ShouldBe(0, 1e-6);
        value.ReferenceImages.ShouldBeNull();
        Should.Throw<InvalidInputException>(() => Evaluate(images, read, new Kid())).Message.ShouldContain("only mu and sigma");
    }

    [Fact]
    public void All_metrics_come_with_N_and_spread()
    {
        using var images = Collect(_tiny.Test);
        using var against = Collect(_tiny.Data);
        using var reference = ReferenceFile.Read(Write(against));

        var values = Evaluate(images, reference, [.. Metric.ParseList("fid:bootstrap=4,kid:subsets=5,is:splits=2,pr,dc,acc,cfid")]).ToDictionary(v => v.Name);

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

    [Theory]
    [InlineData("fid", 512, 120)]
    [InlineData("fid", 513, 0)]
    [InlineData("fid:bootstrap=2", 513, 120)]
    [InlineData("fid:bootstrap=0", 6, 0)]
    [InlineData("is", 6, 0)]
    [InlineData("kid", 6, 120)]
    [InlineData("pr", 6, 120)]
    [InlineData("dc", 6, 120)]
    public void Features_stay_in_memory_only_for_metrics_that_need_them(string metric, int dimension, int kept)
    {
        using var extractor = _tiny.OpenFeatures();
        using var dataset = ImageDataset.Open(_tiny.Data);
        var options = new EvaluationOptions { Metrics = Metric.ParseList(metric) };

        using var images = FeatureCollector.Collect(
            extractor, DatasetBatches.Read(dataset, 16), FeatureCollectorOptions.For(options, extractor.Protocol with { FeatureDim = dimension }));

        images.Features.shape.ShouldBe([kept, TinyEvaluation.FeatureDim]);
        (images.Logits is null).ShouldBe(metric != "is");
        images.Count.ShouldBe(120);
    }

    [Fact]
    public void Many_features_are_resampled_only_where_asked_for()
    {
        using var extractor = new WideExtractor();
        using var dataset = ImageDataset.Open(_tiny.Data);
        MetricValue Value(int? bootstrap)
        {
            var options = new EvaluationOptions { Metrics = [new Fid { Bootstrap = bootstrap }] };
            using var images = FeatureCollector.Collect(extractor, DatasetBatches.Read(dataset, 120), FeatureCollectorOptions.For(options, extractor.Protocol));
            using var reference = new ReferenceStatistics { Statistics = Draws.Diagonal(new double[WideExtractor.Dimension], [.. Enumerable.Repeat(1.0, WideExtractor.Dimension)]) };
            return new Evaluator(images, reference, options).Run().Single();
        }

        Value(2).Uncertainty!.Value.ShouldBeGreaterThan(0);
        Value(null).Uncertainty.ShouldBeNull();
        Value(null).Note.ShouldContain("no error: above 512 features only with --bootstrap");
        Value(0).Note.ShouldNotContain("no error");
    }

    [Theory]
    [InlineData(0f, 1f, 1)]
    [InlineData(1f, 0f, 0)]
    [InlineData(0.3f, 0.7f, null)]
    [InlineData(1f, 1f, null)]
    [InlineData(1f, -2f, null)]
    [InlineData(0f, 0f, null)]
    public void Label_vectors_are_no_classes(float first, float second, int? expected)
    {
        using var scope = NewDisposeScope();
        using var dataset = new LabelledDataset(first, second);
        DatasetBatches.Read(dataset, 2).Single().Classes.ShouldBe(expected is { } k ? [k, k] : null);
    }

    [Fact]
    public void The_field_in_which_a_reference_differs_is_named()
    {
        using var images = Collect(_tiny.Data);
        using var reference = ReferenceFile.Read(Write(images));
        string Message(FeatureProtocol protocol) => Should.Throw<InvalidInputException>(() => reference.RequireProtocol(protocol)).Message;

        var protocol = images.Protocol;
        Message(protocol with { Name = "other" }).ShouldContain($"protocol {protocol.Name}, name {protocol.Name}; yours has name other;");
        Message(protocol with { Std = [2] }).ShouldContain("yours has std [2]");
        Message(protocol with { Resize = ResizeRule.HalfPixelBilinear }).ShouldContain("resize none; yours has resize half-pixel-bilinear;");
        Message(protocol with { Layer = "logits" }).ShouldContain("layer penultimate; yours has layer logits;");
        Message(protocol with { SpatialDim = 3, SpatialLayer = "x" }).ShouldContain("spatial_dim none; yours has spatial_dim 3;");
    }

    [Fact]
    public void Repeats_give_mean_and_standard_deviation()
    {
        MetricValue Value(double value, string note) => new("fid", value, 9, "of one", 10, 20, note) { Seconds = 1 };

        var joined = MetricRepeats.Join([[Value(1, "a")], [Value(2, "a")], [Value(6, "b")]], "ranges of seeds").Single();

        joined.Value.ShouldBe(3);
        joined.Uncertainty!.Value.ShouldBe(Math.Sqrt(7), 1e-12);
        joined.UncertaintyKind.ShouldBe("standard deviation over 3 ranges of seeds, 1 to 6");
        joined.Note.ShouldBe("of the first: a");
        joined.Repeats.ShouldBe([1, 2, 6]);
        joined.Seconds.ShouldBe(3);
        MetricRepeats.Join([[Value(1, "a")]], "").Single().ShouldBe(Value(1, "a"));
    }

    [Fact]
    public void A_reference_of_other_features_is_refused()
    {
        using var images = Collect(_tiny.Data);
        using var reference = ReferenceFile.Read(Write(images));
        TinyEvaluation.Save(_tiny.Classifier, seed: 2);
        using var others = Collect(_tiny.Data);

        var error = Should.Throw<InvalidInputException>(() => Evaluate(others, reference, new Fid()));

        error.Message.ShouldContain(FileHash.Short(images.Protocol.Sha256!));
        error.Message.ShouldContain("evaluate ref");
    }

    [Fact]
    public void Features_that_are_not_finite_are_refused()
    {
        using var extractor = new BrokenExtractor();
        using var scope = NewDisposeScope();
        var batch = new LabeledBatch(zeros([3, 1, 8, 8], ScalarType.Byte), null);

        Should.Throw<InvalidInputException>(() => FeatureCollector.Collect(extractor, [batch], new FeatureCollectorOptions())).Message.ShouldContain("NaN");
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

    private static IReadOnlyList<MetricValue> Evaluate(FeatureSet images, ReferenceStatistics reference, params Metric[] metrics) =>
        new Evaluator(images, reference, new EvaluationOptions { Metrics = metrics }).Run();

    private FeatureSet Collect(string data, int batch = 16)
    {
        using var extractor = _tiny.OpenFeatures();
        using var dataset = ImageDataset.Open(data);
        return FeatureCollector.Collect(extractor, DatasetBatches.Read(dataset, batch), new FeatureCollectorOptions { PerClass = true });
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

    private sealed class WideExtractor : IFeatureExtractor
    {
        public const int Dimension = 513;

        public FeatureProtocol Protocol { get; } = new() { Name = "wide", Channels = 1, Mean = [0], Std = [1], Layer = "none", FeatureDim = Dimension };

        public FeatureBatch Extract(Tensor pixels) => new(randn([pixels.size(0), Dimension], new Generator(1)), null);

        public Tensor Features(Tensor images) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    // Two images with one label.
    private sealed class LabelledDataset(params float[] label) : IImageDataset
    {
        public string Name => "labelled";

        public int Count => 2;

        public ImageShape Shape => new(1, 2, 2);

        public int LabelCount => label.Length;

        public IReadOnlyList<string>? LabelNames => null;

        public void ReadImage(int index, Span<byte> chw) => chw.Clear();

        public void ReadLabel(int index, Span<float> values) => label.CopyTo(values);

        public string FileName(int index) => "";

        public void Dispose()
        {
        }
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
