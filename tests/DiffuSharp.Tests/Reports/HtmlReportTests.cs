using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DiffuSharp.Reports;

namespace DiffuSharp.Tests.Reports;

public sealed class HtmlReportTests
{
    private const string Hostile = "</script><script>alert(1)</script><img src=http://example.org/x.png>";

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

        var html = new HtmlReport(Hostile).Add(chart, Hostile + "\" onload=\"x").ToHtml();
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
        new HtmlReport("Short").ToHtml().Length.ShouldBeLessThan(3000);

    [Fact]
    public void A_plot_that_cannot_be_drawn_is_refused() =>
        Should.Throw<InvalidInputException>(() => new HtmlReport("t").Add(SamplePlots.Chart with { Series = [] }));

    private static HtmlReport Full() => new HtmlReport("Report").Add(SamplePlots.Chart, "A chart");

    private static string Unpack(string base64)
    {
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(base64)), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
