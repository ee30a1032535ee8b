using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DiffuSharp.Reports;

namespace DiffuSharp.Tests.Reports;

public sealed class HtmlReportTests
{
    private const string Hostile = "</script><script>alert(1)</script><img src=http://example.org/x.png>";

    private static readonly byte[] s_png =
        Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=");

    [Fact]
    public void A_page_loads_nothing_from_elsewhere()
    {
        var html = Full().ToHtml();

        html.ShouldContain("default-src 'none'");
        Regex.Matches(html, """(src|href|data|action)\s*=\s*["']?\s*(https?:)?//""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).ShouldBeEmpty();
        html.ShouldNotContain("@import");
        html.ShouldNotContain("<link");
        html.ShouldContain("University of Washington Interactive Data Lab");
        html.Length.ShouldBeLessThan(450_000);
    }

    [Fact]
    public void No_text_becomes_markup()
    {
        var chart = SamplePlots.Chart with { Title = Hostile, Series = [PlotSeries.Create(Hostile, [1], [1])] };
        var report = new HtmlReport(Hostile).AddHeading(Hostile).AddParagraph(Hostile).AddCode(Hostile).AddPicture(s_png, Hostile + "\" onload=\"x")
            .Add(new ReportTable([Hostile], [[Hostile]])).Add(chart, Hostile);

        var html = report.ToHtml();
        html.ShouldNotContain("alert(1)</script>");
        html.ShouldNotContain("<img src=http");
        html.ShouldNotContain("\" onload");
        html.ShouldContain("&lt;script&gt;alert(1)");
    }

    [Fact]
    public void The_specification_in_the_page_is_the_plots_own()
    {
        var html = Full().ToHtml();

        var spec = Regex.Match(html, "<script type=\"application/json\">(?<spec>.*?)</script>", RegexOptions.Singleline, TimeSpan.FromSeconds(5)).Groups["spec"].Value;
        JsonNode.DeepEquals(JsonNode.Parse(spec), SamplePlots.Chart.ToVegaLite()).ShouldBeTrue();
    }

    [Fact]
    public void The_program_in_the_page_is_the_versions_of_the_readme()
    {
        var bundles = Regex.Matches(Full().ToHtml(), "class=\"bundle\"[^>]*>(?<base64>[^<]*)<", RegexOptions.None, TimeSpan.FromSeconds(5))
            .Select(match => Unpack(match.Groups["base64"].Value)).ToList();

        bundles.Count.ShouldBe(3);
        bundles[0].ShouldContain("5.33.1");
        bundles[1].ShouldContain("5.23.0");
        bundles[2].ShouldContain("6.29.0");
    }

    [Fact]
    public void A_page_without_plots_is_small() =>
        new HtmlReport("Short").AddParagraph("Nothing to draw.").ToHtml().Length.ShouldBeLessThan(3000);

    [Fact]
    public void Numbers_of_a_table_are_aligned()
    {
        var html = new HtmlReport("t").Add(new ReportTable(["solver", "FID"], [["heun", "3.5 ± 0.1"], ["ddim", "-"]])).ToHtml();

        html.ShouldContain("<tr><th>solver</th><th class=\"number\">FID</th></tr>");
        html.ShouldContain("<tr><td>heun</td><td class=\"number\">3.5 ± 0.1</td></tr>");
    }

    [Fact]
    public void Wrong_parts_are_refused()
    {
        var report = new HtmlReport("t");

        Should.Throw<ArgumentException>(() => report.Add(new ReportTable(["a", "b"], [["1"]]))).Message.ShouldContain("1 cells");
        Should.Throw<ArgumentException>(() => report.AddPicture([1, 2, 3], "x")).Message.ShouldContain("no PNG");
        Should.Throw<InvalidInputException>(() => report.Add(SamplePlots.Chart with { Series = [] }));
    }

    private static HtmlReport Full() => new HtmlReport("Report").AddHeading("Samplers").AddParagraph("Measured.").AddCode("diffusharp plot")
        .Add(new ReportTable(["solver"], [["heun"]])).AddPicture(s_png, "A dot").Add(SamplePlots.Chart, "A chart");

    private static string Unpack(string base64)
    {
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(base64)), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
