using System.Text.Json.Nodes;
using DiffuSharp.Reports;

namespace DiffuSharp.Tests.Reports;

public class PlotTests
{
    [Fact]
    public void A_chart_is_a_vega_lite_specification_with_its_points_inside()
    {
        var spec = JsonNode.Parse(SamplePlots.Chart.ToJson())!;

        spec["$schema"]!.GetValue<string>().ShouldEndWith("vega-lite/v5.json");
        spec["width"]!.GetValue<int>().ShouldBe(720);
        spec["background"]!.GetValue<string>().ShouldBe("white");
        spec["title"]!["subtitle"]![0]!.GetValue<string>().ShouldBe("N 2000, seed 0");
        spec["encoding"]!["x"]!["scale"]!["type"]!.GetValue<string>().ShouldBe("log");
        spec["encoding"]!["x"]!["axis"]!["values"]!.AsArray().Select(x => x!.GetValue<double>()).ShouldBe([3, 5, 9, 17]);
        var rows = spec["data"]!["values"]!.AsArray();
        rows.Count.ShouldBe(6);
        rows[0]!.ToJsonString().ShouldBe("""{"series":"heun","row":0,"part":0,"x":5,"y":100,"low":91,"high":109}""");
        rows[2]!.ToJsonString().ShouldBe("""{"series":"heun","row":2,"part":0,"x":17,"y":4}""");
        Marks(spec).ShouldBe(["area", "line", "point"]);
    }

    [Fact]
    public void Only_the_layers_that_occur_are_painted()
    {
        var spec = SamplePlots.Marks.ToVegaLite();

        Marks(spec).ShouldBe(["rule", "line", "point"]);
        spec["layer"]![0]!["transform"]![0]!["filter"]!["oneOf"]!.ToJsonString().ShouldBe("""["runs"]""");
        spec["layer"]![1]!["transform"]![0]!["filter"]!["oneOf"]!.ToJsonString().ShouldBe("""["dense","base"]""");
        spec["layer"]![1]!["encoding"]!["strokeDash"]!["scale"]!["range"]!.ToJsonString().ShouldBe("[[1,0],[5,4],[1,0]]");
        spec["layer"]![1]!["mark"]!["clip"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public void A_series_looks_the_same_in_every_panel()
    {
        var spec = SamplePlots.Panels.ToVegaLite();

        var scales = spec["concat"]!.AsArray().Select(panel => panel!["layer"]!.AsArray()[^1]!["encoding"]!["color"]!["scale"]!.ToJsonString()).ToList();
        scales.Count.ShouldBe(2);
        scales[0].ShouldBe(scales[1]);
        var domain = spec["concat"]![0]!["layer"]![0]!["encoding"]!["color"]!["scale"]!["domain"]!.AsArray();
        domain.Select(name => name!.GetValue<string>()).ShouldBe(["heun", "<b>\"learned\" & 'short'</b>", "dense", "base", "runs"]);
    }

    [Fact]
    public void A_value_that_is_no_number_leaves_a_gap()
    {
        var chart = Of(new PlotPoint(1, 2), new PlotPoint(2, double.NaN), new PlotPoint(3, 4));

        chart.ToVegaLite()["data"]!["values"]!.AsArray().Select(row => row!["part"]!.GetValue<int>()).ShouldBe([0, 1]);
    }

    [Fact]
    public void Up_to_56_series_can_be_told_apart()
    {
        var chart = new LineChart(new PlotAxis("x"), new PlotAxis("y"), [.. Enumerable.Range(0, 56).Select(i => PlotSeries.Create($"{i}", [1], [2]))]);

        var encoding = chart.ToVegaLite()["layer"]!.AsArray()[^1]!["encoding"]!;
        encoding["color"]!["scale"]!["range"]!.AsArray().Zip(
            encoding["shape"]!["scale"]!["range"]!.AsArray(), (colour, shape) => $"{colour} {shape}").Distinct().Count().ShouldBe(56);
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused_by_its_name()
    {
        var log = new PlotAxis("FID") { Log = true };
        Refusal(Of(new PlotPoint(1, double.NaN))).ShouldContain("series 'a' has no point");
        Refusal(Of(new PlotPoint(double.NaN, 1))).ShouldContain("x is NaN");
        Refusal(Of(new PlotPoint(0, 1)) with { X = log }).ShouldContain("x is 0, which a logarithmic axis");
        Refusal(Of(new PlotPoint(3, -2)) with { Y = log }).ShouldContain("y is -2 at x = 3");
        Refusal(Of(PlotPoint.WithError(3, 2, 5)) with { Y = log }).ShouldContain("lower end of the error is -3");
        Refusal(Of() with { Series = [] }).ShouldContain("no series");
        Refusal(SamplePlots.Chart with { Series = [SamplePlots.Chart.Series[0], SamplePlots.Chart.Series[0]] }).ShouldContain("two series are named 'heun'");
        Refusal(SamplePlots.Chart with { Height = 5 }).ShouldContain("height 5");
        Refusal(SamplePlots.Chart with { X = new PlotAxis("x") { Min = 3, Max = 3 } }).ShouldContain("axis 'x'");
        Refusal(SamplePlots.Chart with { X = log with { Min = 0 } }).ShouldContain("axis 'FID'");
        Refusal(new Panels([])).ShouldContain("no chart");
        Refusal(SamplePlots.Panels with { Columns = 9 }).ShouldContain("9 columns");
    }

    private static LineChart Of(params PlotPoint[] points) => new(new PlotAxis("x"), new PlotAxis("y"), [new PlotSeries("a", points)]);

    private static string Refusal(Plot plot) => Should.Throw<InvalidInputException>(() => plot.ToVegaLite()).Message;

    private static IEnumerable<string> Marks(JsonNode spec) => spec["layer"]!.AsArray().Select(layer => layer!["mark"]!["type"]!.GetValue<string>());
}
