using System.Text.Json;
using DiffuSharp.Metrics;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

/// <summary>Every number of metrics.json.</summary>
[Trait("Category", "Reference")]
public class MetricReferenceTests
{
    private const int KidImages = 400;
    private static readonly JsonElement s_reference = JsonDocument.Parse(File.ReadAllText(ReferenceFolder.File("metrics.json"))).RootElement;

    public static TheoryData<string> Names() => [.. s_reference.EnumerateObject().Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Numbers_agree(string name)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(ReferenceFolder.File("metrics_features.safetensors"));
        var features = file.ReadTensors();
        var (generated, reference) = (features["generated"], features["reference"]);
        var expected = s_reference.GetProperty(name);
        switch (name)
        {
            case "fid_full":
                Frechet(generated, reference).ShouldBe(expected.GetDouble(), 1e-9 * expected.GetDouble());
                break;
            case "fid_self":
                Frechet(generated, generated).ShouldBe(expected.GetDouble(), 1e-9);
                break;
            case "fid_rank_deficient_eigenvalue_form":
                Frechet(generated, features["low_rank"]).ShouldBe(expected.GetDouble(), 1e-9 * expected.GetDouble());

                // Each eigenvalue that should be zero is rounding noise of 1e-15 under a root, in the reference too: other orders and forms differ in the ninth digit.
                Frechet(features["low_rank"], generated).ShouldBe(expected.GetDouble(), 1e-8 * expected.GetDouble());
                FrechetDistance.FromFeatures(generated, features["low_rank"]).Value.ShouldBe(expected.GetDouble(), 1e-8 * expected.GetDouble());
                break;
            case "kid_unbiased_all":
                KernelDistance.FromAllPairs(generated[..KidImages], reference[..KidImages]).ShouldBe(expected.GetDouble(), 1e-9);
                break;
            case "inception_score_splits1":
                Score(features["logits"], 1).Mean.ShouldBe(expected.GetDouble(), 1e-6);
                break;
            case "inception_score_splits10_unshuffled":
                var score = Score(features["logits"], 10);
                score.Mean.ShouldBe(expected.GetProperty("inception_score_mean").GetDouble(), 1e-6);
                score.Std.ShouldBe(expected.GetProperty("inception_score_std").GetDouble(), 1e-6);
                break;
            case "precision_recall_k3":
                var manifold = PrecisionRecall.Compute(generated, reference);
                manifold.Precision.ShouldBe(expected.GetProperty("precision").GetDouble(), 1e-6);
                manifold.Recall.ShouldBe(expected.GetProperty("recall").GetDouble(), 1e-6);
                manifold.FScore.ShouldBe(expected.GetProperty("f_score").GetDouble(), 1e-6);
                break;
            default:
                throw new InvalidDataException($"metrics.json: no test for {name}");
        }
    }

    private static double Frechet(Tensor generated, Tensor reference)
    {
        using var a = FeatureStatistics.Of(generated);
        using var b = FeatureStatistics.Of(reference);
        return FrechetDistance.Compute(a, b).Value;
    }

    private static InceptionScoreResult Score(Tensor logits, int splits) =>
        InceptionScore.Compute(logits, new InceptionScoreOptions { Splits = splits, Shuffle = false });
}
