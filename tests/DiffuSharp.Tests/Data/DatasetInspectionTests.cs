using DiffuSharp.Data;

namespace DiffuSharp.Tests.Data;

public class DatasetInspectionTests
{
    [Fact]
    public void EveryProblemIsListedWithItsFile()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/a.png", TestImages.Png(2, 2, 1));
        folder.Write("s/b.png", [.. TestImages.Png(2, 2, 1).Take(40)]);
        folder.Write("s/c.png", TestImages.Png(3, 2, 1));
        folder.Write("s/d.png", TestImages.Png(2, 2, 1, bitDepth: 16));
        folder.Write("s/dataset.json", """{"labels": [["a.png", 0], ["b.png", 1], ["c.png", 1], ["gone.png", 1]]}"""u8.ToArray());
        var inspection = DatasetInspection.Run(folder["s"]);
        (inspection.Count, inspection.Shape, inspection.IsUsable).ShouldBe((4, new ImageShape(1, 2, 2), false));
        inspection.Problems.Select(p => p.File).ShouldBe(["b.png", "c.png", "d.png", "gone.png", "d.png"]);
    }

    [Fact]
    public void ASoundDataSetHasItsHistogramMeanAndDeviation()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s/x/a.ppm", [.. "P6 1 2 255\n"u8, 0, 255, 10, 0, 255, 20]);
        folder.Write("s/x/b.ppm", [.. "P6 1 2 255\n"u8, 255, 255, 10, 255, 255, 20]);
        folder.Write("s/y/a.ppm", [.. "P6 1 2 255\n"u8, 0, 255, 10, 255, 255, 20]);
        var inspection = DatasetInspection.Run(folder["s"]);
        inspection.IsUsable.ShouldBeTrue();
        inspection.LabelHistogram.ShouldBe([2, 1]);
        inspection.Mean.ShouldBe([0.0, 1.0, (15 / 127.5) - 1], tolerance: 1e-12);
        inspection.StandardDeviation.ShouldBe([1.0, 0.0, 5 / 127.5], tolerance: 1e-12);
    }

    [FashionMnistFact]
    public void FashionMnistTestImagesHaveTheirKnownStatistics()
    {
        var inspection = DatasetInspection.Run("fashion-mnist:test");
        inspection.LabelHistogram.ShouldBe(Enumerable.Repeat(1000, 10));
        inspection.Mean[0].ShouldBe(-0.4263014385754301, 1e-12);
        inspection.StandardDeviation[0].ShouldBe(0.7048883064948801, 1e-10);
    }
}
