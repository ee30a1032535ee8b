using DiffuSharp.Data;
using DiffuSharp.Metrics;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Metrics.Measures;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

public sealed class SpatialFeatureTests : IDisposable
{
    private static readonly EvaluationOptions s_options = new() { Metrics = [new SpatialFid()] };
    private readonly TinyEvaluation _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void Spatial_features_are_collected_compared_and_kept_in_the_reference()
    {
        using var extractor = new SpatialExtractor();
        using var images = Collect(extractor, _tiny.Data);
        var path = _tiny.Folder["spatial.npz"];
        ReferenceFile.Write(path, new ReferenceStatistics
        {
            Statistics = images.Statistics, Protocol = images.Protocol, SpatialStatistics = images.SpatialStatistics,
        });
        using var reference = ReferenceFile.Read(path);
        using var others = Collect(extractor, _tiny.Test);

        images.SpatialStatistics!.Dimension.ShouldBe(4);
        Measure(images, reference).Value.ShouldBe(0, 1e-6);
        var value = Measure(others, reference);
        value.Name.ShouldBe("sfid");
        value.Value.ShouldBe(FrechetDistance.Compute(others.SpatialStatistics!, images.SpatialStatistics).Value, 1e-9);
        value.Value.ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Spatial_statistics_of_ADM_are_read_and_their_absence_is_told()
    {
        using var scope = NewDisposeScope();
        using var extractor = new SpatialExtractor();
        List<(string, NpyValue)> arrays = [("mu", zeros([2]).ToNpy()), ("sigma", Draws.Diagonal([0, 0], [1, 1]).Covariance.ToNpy())];
        NpzFile.Write(_tiny.Folder["edm.npz"], arrays);
        arrays.AddRange([("mu_s", full([4], 3.0).ToNpy()), ("sigma_s", Draws.Diagonal([0, 0, 0, 0], [1, 1, 1, 1]).Covariance.ToNpy())]);
        NpzFile.Write(_tiny.Folder["adm.npz"], arrays);
        using var adm = ReferenceFile.Read(_tiny.Folder["adm.npz"]);
        using var edm = ReferenceFile.Read(_tiny.Folder["edm.npz"]);

        adm.SpatialStatistics!.Mean.ToArray<double>().ShouldAllBe(v => v == 3);
        Evaluator.RequirePossible(s_options, extractor.Protocol, classes: false, adm);
        Should.Throw<InvalidInputException>(() => Evaluator.RequirePossible(s_options, extractor.Protocol, classes: false, edm)).Message.ShouldContain("mu_s");
        var plain = extractor.Protocol with { SpatialDim = null, SpatialLayer = null };
        Should.Throw<InvalidInputException>(() => Evaluator.RequirePossible(s_options, plain, classes: false, adm)).Message.ShouldContain("spatial features");
    }

    [Fact]
    public void Spatial_statistics_of_another_size_are_refused_before_any_image()
    {
        using var extractor = new SpatialExtractor();
        using var reference = new ReferenceStatistics { Statistics = Draws.Diagonal([0, 0], [1, 1]), SpatialStatistics = Draws.Diagonal([0, 0, 0], [1, 1, 1]) };

        Should.Throw<InvalidInputException>(() => Evaluator.RequirePossible(s_options, extractor.Protocol, classes: false, reference)).Message
            .ShouldStartWith("sfid: the reference holds 3 spatial features, spatial gives 4");
    }

    private static MetricValue Measure(FeatureSet images, ReferenceStatistics reference) => new Evaluator(images, reference, s_options).Run().Single();

    private static FeatureSet Collect(SpatialExtractor extractor, string data)
    {
        using var dataset = ImageDataset.Open(data);
        return FeatureCollector.Collect(extractor, DatasetBatches.Read(dataset, 16), new FeatureCollectorOptions { Spatial = true });
    }

    // Features: two mean values; spatial: the mean of each quarter.
    private sealed class SpatialExtractor : IFeatureExtractor
    {
        public FeatureProtocol Protocol { get; } = new()
        {
            Name = "spatial", Channels = 1, Mean = [0], Std = [1], Layer = "halves", FeatureDim = 2, SpatialDim = 4, SpatialLayer = "quarters",
        };

        public FeatureBatch Extract(Tensor pixels)
        {
            var n = pixels.size(0);
            var quarters = pixels.to(ScalarType.Float32).reshape([n, 2, 4, 2, 4]).mean([2, 4]).reshape([n, 4]);
            return new FeatureBatch(quarters.reshape([n, 2, 2]).mean([2]), null, quarters);
        }

        public Tensor Features(Tensor images) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
