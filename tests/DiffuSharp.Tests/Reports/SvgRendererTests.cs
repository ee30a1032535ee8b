using System.Xml.Linq;
using DiffuSharp.Reports;

namespace DiffuSharp.Tests.Reports;

public class SvgRendererTests
{
    [NodeFact]
    public void Vega_understands_every_kind_of_plot_without_a_warning()
    {
        foreach (Plot plot in new Plot[] { SamplePlots.Chart, SamplePlots.Marks, SamplePlots.Panels })
        {
            var svg = XDocument.Parse(SvgRenderer.Find().Render(plot)).Root!;

            svg.Name.LocalName.ShouldBe("svg");
            ((double)svg.Attribute("width")!).ShouldBeInRange(640, 740);
            svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ShouldContain(plot == SamplePlots.Marks ? "loss" : "FID");
        }
    }

    [Fact]
    public void Without_node_the_message_says_what_to_do()
    {
        using var folder = new TemporaryFolder();

        Should.Throw<InvalidInputException>(() => SvgRenderer.Find(folder.Path)).Message.ShouldContain("install Node.js");
    }
}
