using System.Xml.Linq;
using DiffuSharp.Reports;

namespace DiffuSharp.Tests.Reports;

public class SvgRendererTests
{
    [NodeFact]
    public void Vega_understands_every_kind_of_plot_without_a_warning()
    {
        foreach (var plot in new Plot[] { SamplePlots.Chart, SamplePlots.Marks, SamplePlots.Panels })
        {
            var svg = XDocument.Parse(SvgRenderer.Find().Render(plot)).Root!;

            svg.Name.LocalName.ShouldBe("svg");
            ((double)svg.Attribute("width")!).ShouldBeInRange(640, 740);
            var texts = svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToList();
            texts.ShouldContain(plot == SamplePlots.Marks ? "loss" : "FID");
            texts.ShouldContain(plot == SamplePlots.Chart ? "17" : "0.0", "a label of an axis");
        }
    }

    [Fact]
    public void Without_node_the_message_says_what_to_do()
    {
        using var folder = new TemporaryFolder();

        Should.Throw<InvalidInputException>(() => SvgRenderer.Find(folder.Path)).Message.ShouldContain("install Node.js");
    }
}
