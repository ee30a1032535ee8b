using System.Globalization;
using System.Text.Json;
using DiffuSharp.Metrics;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Tests.Metrics;

/// <summary>
/// Every number of metrics.json, and the page that shows those of the repository: docs/metrics-precision.md. With DIFFUSHARP_WRITE_DOCS=1 the test writes the table
/// into the page first.
/// </summary>
[Trait("Category", "Reference")]
public class MetricReferenceTests
{
    private const int KidImages = 400;
    private const string Begin = "<!-- measured -->";
    private const string End = "<!-- end -->";

    public static TheoryData<string> Names() => [.. Reference(ReferenceFolder.Path).EnumerateObject().Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Numbers_agree(string name)
    {
        using var scope = NewDisposeScope();
        foreach (var row in Compare(ReferenceFolder.Path, name))
        {
            row.Ours.ShouldBe(row.Reference, row.Tolerance, row.Name);
        }
    }

    [Fact]
    public void The_precision_page_lists_every_number_with_its_tolerance()
    {
        using var scope = NewDisposeScope();
        var folder = ReferenceFolder.RepositoryFile();
        Row[] rows = [.. Reference(folder).EnumerateObject().SelectMany(p => Compare(folder, p.Name))];
        var path = RepositoryFolder.File("docs", "metrics-precision.md");
        var text = File.ReadAllText(path);
        if (Environment.GetEnvironmentVariable("DIFFUSHARP_WRITE_DOCS") == "1")
        {
            text = text[..(text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + "\n\n" + Table(rows) + "\n"
                + text[text.IndexOf(End, StringComparison.Ordinal)..];
            File.WriteAllText(path, text);
        }

        var documented = text.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();
        documented.Select(cells => cells[1].Trim('`')).ShouldBe(rows.Select(row => row.Name));
        foreach (var (cells, row) in documented.Zip(rows))
        {
            Number(cells[2]).ShouldBe(row.Ours, 2 * row.Tolerance, row.Name);
            Number(cells[3]).ShouldBe(row.Reference, 1e-12 * Math.Max(1, Math.Abs(row.Reference)), row.Name);
            Number(cells[4]).ShouldBeLessThanOrEqualTo(row.Tolerance, row.Name);
            Number(cells[5]).ShouldBe(row.Tolerance, 0.01 * row.Tolerance, row.Name);
        }
    }

    private static JsonElement Reference(string folder) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "metrics.json"))).RootElement;

    private static IEnumerable<Row> Compare(string folder, string name)
    {
        using var file = SafetensorsFile.Open(Path.Combine(folder, "metrics_features.safetensors"));
        var features = file.ReadTensors();
        var (generated, reference) = (features["generated"], features["reference"]);
        var expected = Reference(folder).GetProperty(name);
        switch (name)
        {
            case "fid_full":
                return [Relative(name, Frechet(generated, reference), expected, 1e-9)];
            case "fid_self":
                return [new(name, Frechet(generated, generated), expected.GetDouble(), 1e-9)];
            case "fid_rank_deficient_eigenvalue_form":
                return
                [
                    // Each eigenvalue that should be zero is rounding noise of 1e-15 under a root, in the reference too, which is 7.6e-9 from the
                    // nuclear norm; the order of the sides matters as much. This order differs by 4e-10 with OpenBLAS's kernels for AVX, AVX2 and AVX-512.
                    Relative(name, Frechet(generated, features["low_rank"]), expected, 1e-9),
                    Relative($"{name}, sides exchanged", Frechet(features["low_rank"], generated), expected, 1e-8),
                    Relative($"{name}, nuclear norm", FrechetDistance.FromFeatures(generated, features["low_rank"]).Value, expected, 1e-8),
                ];
            case "kid_unbiased_all":
                return [new(name, KernelDistance.FromAllPairs(generated[..KidImages], reference[..KidImages]), expected.GetDouble(), 1e-9)];
            case "inception_score_splits1":
                return [new(name, Score(features["logits"], 1).Mean, expected.GetDouble(), 1e-6)];
            case "inception_score_splits10_unshuffled":
                var score = Score(features["logits"], 10);
                return
                [
                    new($"{name}, mean", score.Mean, expected.GetProperty("inception_score_mean").GetDouble(), 1e-6),
                    new($"{name}, std", score.Std, expected.GetProperty("inception_score_std").GetDouble(), 1e-6),
                ];
            case "precision_recall_k3":
                var manifold = PrecisionRecall.Compute(generated, reference);
                return
                [
                    new($"{name}, precision", manifold.Precision, expected.GetProperty("precision").GetDouble(), 1e-6),
                    new($"{name}, recall", manifold.Recall, expected.GetProperty("recall").GetDouble(), 1e-6),
                    new($"{name}, F score", manifold.FScore, expected.GetProperty("f_score").GetDouble(), 1e-6),
                ];
            default:
                throw new InvalidDataException($"metrics.json: no test for {name}");
        }
    }

    private static Row Relative(string name, double ours, JsonElement expected, double tolerance) =>
        new(name, ours, expected.GetDouble(), tolerance * expected.GetDouble());

    private static string Table(IEnumerable<Row> rows) =>
        "| number | ours | reference | difference | tolerance |\n|---|---|---|---|---|\n" + string.Concat(rows.Select(row => string.Create(
            CultureInfo.InvariantCulture,
            $"| `{row.Name}` | {row.Ours:R} | {row.Reference:R} | {Math.Abs(row.Ours - row.Reference):0.0e+0} | {row.Tolerance:0.00e+0} |\n")));

    private static double Frechet(Tensor generated, Tensor reference)
    {
        using var a = FeatureStatistics.Of(generated);
        using var b = FeatureStatistics.Of(reference);
        return FrechetDistance.Compute(a, b).Value;
    }

    private static InceptionScoreResult Score(Tensor logits, int splits) =>
        InceptionScore.Compute(logits, new InceptionScoreOptions { Splits = splits, Shuffle = false });

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private sealed record Row(string Name, double Ours, double Reference, double Tolerance);
}
