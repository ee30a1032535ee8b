using DiffuSharp.Data;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;
using DiffuSharp.Metrics.Measures;
using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

/// <summary>Images in folders by class; the pixel of an image is the place of its class in the classifier, which is always right.</summary>
public sealed class EvaluationByNameTests : IDisposable
{
    private static readonly string[] s_known = ["cat", "dog", "ant", "bee"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_of_some_classes_are_judged_by_their_names()
    {
        var accuracy = Measure(["dog", "ant"], new Accuracy()).Single();

        accuracy.Value.ShouldBe(1);
        accuracy.PerClass.ShouldNotBeNull().Keys.ShouldBe(["ant", "dog"]);
        accuracy.Note.ShouldContain("by class ant 1.000, dog 1.000");
    }

    [Fact]
    public void A_class_that_the_classifier_does_not_know_is_refused()
    {
        Should.Throw<InvalidInputException>(() => Measure(["dog", "elk"], new Accuracy())).Message.ShouldContain("'elk' of the images is unknown to the classifier");
    }

    [Fact]
    public void A_reference_keeps_the_names_and_is_compared_by_them()
    {
        using var all = Collect(["dog", "cat", "bee"]);
        var path = _folder["ref.npz"];
        ReferenceFile.Write(path, new ReferenceStatistics { Statistics = all.Statistics, Protocol = all.Protocol, ClassStatistics = all.ClassStatistics, ClassNames = all.ClassNames });
        using var reference = ReferenceFile.Read(path);
        reference.ClassNames.ShouldBe(["bee", "cat", "dog"]);

        var values = Measure(["dog", "cat"], new ClassFid(), reference);

        values.Select(v => v.Name).ShouldBe(["fid[bee]", "fid[cat]", "fid[dog]"]);
        values[0].Value.ShouldBe(double.NaN);
        values[1].Value.ShouldBe(0, 1e-9);
        values[2].Value.ShouldBe(0, 1e-9);
    }

    private IReadOnlyList<MetricValue> Measure(string[] folders, Metric metric, ReferenceStatistics? reference = null)
    {
        using var images = Collect(folders);
        return new Evaluator(images, reference, new EvaluationOptions { Metrics = [metric] }).Run();
    }

    private FeatureSet Collect(string[] folders)
    {
        var root = string.Join('-', folders);
        foreach (var name in folders)
        {
            var pixel = (byte)Math.Max(0, Array.IndexOf(s_known, name));
            for (var i = 0; i < 3; i++)
            {
                _folder.Write($"{root}/{name}/{i}.pgm", PortableAnymap.Encode(new RawImage(2, 1, 1, 8, [pixel, (byte)(i * 7)])));
            }
        }

        using var extractor = new Oracle();
        using var dataset = ImageDataset.Open(_folder[root]);
        return FeatureCollector.Collect(
            extractor, DatasetBatches.Read(dataset, 2), new FeatureCollectorOptions { PerClass = true, ClassNames = dataset.LabelNames });
    }

    private sealed class Oracle : IFeatureExtractor
    {
        public FeatureProtocol Protocol { get; } =
            new() { Name = "oracle", Channels = 1, Mean = [0], Std = [1], Layer = "pixels", FeatureDim = 2, LogitsDim = s_known.Length };

        public IReadOnlyList<string>? ClassNames => s_known;

        public FeatureBatch Extract(Tensor pixels)
        {
            var flat = pixels.flatten(1).to(ScalarType.Float32);
            var known = flat.narrow(1, 0, 1).to(ScalarType.Int64).flatten();
            return new FeatureBatch(flat, nn.functional.one_hot(known, s_known.Length).to(ScalarType.Float32));
        }

        public Tensor Features(Tensor images) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
