using DiffuSharp.Reports;

namespace DiffuSharp.Tests.Reports;

public sealed class ResultPlotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_become_series_sorted_by_x()
    {
        var chart = Chart(Lines(
            """{"solver":"heun","nfe":9,"fid":20}""",
            "",
            """{"solver":"ddim","nfe":5,"fid":30}""",
            """{"solver":"heun","nfe":5,"fid":100}""",
            """{"solver":"heun","nfe":17,"fid":"NaN"}""",
            """{"solver":"heun","nfe":33}"""));

        chart.Series.Select(series => series.Name).ShouldBe(["heun", "ddim"]);
        chart.Series[0].Points.Select(point => (point.X, point.Y)).ShouldBe([(5, 100), (9, 20), (17, double.NaN)]);
        chart.Series[0].Points[0].Low.ShouldBeNull();
        chart.Subtitle.ShouldBe("");
    }

    [Fact]
    public void Repeated_measurements_are_averaged_with_the_standard_error_of_their_mean()
    {
        var chart = Chart(Lines(
            """{"solver":"heun","nfe":5,"fid":1}""", """{"solver":"heun","nfe":5,"fid":2}""", """{"solver":"heun","nfe":5,"fid":6}""",
            """{"solver":"ddim","nfe":5,"fid":1}"""));

        chart.Subtitle.ShouldBe("Means of 1 to 3 results; bands are one standard error to each side");
        chart.Series[1].Points[0].Low.ShouldBeNull();
        var point = chart.Series[0].Points[0];
        point.Y.ShouldBe(3, 1e-12);
        // Deviations 4, 1 and 9: sample variance 7, of the mean 7/3.
        (point.High!.Value - point.Y).ShouldBe(Math.Sqrt(7.0 / 3), 1e-12);
        (point.Y - point.Low!.Value).ShouldBe(Math.Sqrt(7.0 / 3), 1e-12);
    }

    [Fact]
    public void A_field_with_the_error_makes_the_band()
    {
        var lines = Lines("""{"solver":"heun","nfe":5,"fid":4,"se":0.5}""");

        var point = ((LineChart)ResultPlot.Create(lines, new ResultPlotOptions("nfe", ["fid"]) { Error = ["se"] })).Series[0].Points[0];
        (point.Low, point.High).ShouldBe((3.5, 4.5));
    }

    [Fact]
    public void Several_fields_make_panels_and_several_files_make_series()
    {
        var first = Lines("""{"nfe":5,"fid":4,"kid":{"mean":1}}""");
        var second = Lines("second", ["""{"nfe":5,"fid":3,"kid":{"mean":2}}"""]);

        var panels = ResultPlot.Create([.. first, .. second], new ResultPlotOptions("nfe", ["fid", "kid.mean"])).ShouldBeOfType<Panels>();
        panels.Charts.Select(chart => chart.Y.Title).ShouldBe(["fid", "kid.mean"]);
        panels.Charts[1].Series.Select(series => (series.Name, series.Points[0].Y)).ShouldBe([("results", 1), ("second", 2)]);
    }

    [Fact]
    public void Series_that_are_numbers_are_sorted_as_numbers() =>
        Chart(Lines("""{"solver":10,"nfe":5,"fid":1}""", """{"solver":9.5,"nfe":5,"fid":1}""")).Series.Select(series => series.Name).ShouldBe(["9.5", "10"]);

    [Fact]
    public void A_training_log_can_be_drawn()
    {
        var lines = Lines("""{"Progress/kimg":5.12,"Loss/loss":{"num":3,"mean":1.5}}""");

        var chart = (LineChart)ResultPlot.Create(lines, new ResultPlotOptions("Progress/kimg", ["Loss/loss.mean"]));
        chart.Series[0].Points[0].ShouldBe(new PlotPoint(5.12, 1.5));
    }

    private static LineChart Chart(IReadOnlyList<ResultLine> lines) =>
        (LineChart)ResultPlot.Create(lines, new ResultPlotOptions("nfe", ["fid"]) { Series = "solver" });

    private IReadOnlyList<ResultLine> Lines(params string[] lines) => Lines("results", lines);

    private IReadOnlyList<ResultLine> Lines(string name, string[] lines)
    {
        File.WriteAllLines(_folder[$"{name}.jsonl"], lines);
        return ResultLine.Read(_folder[$"{name}.jsonl"]);
    }
}
