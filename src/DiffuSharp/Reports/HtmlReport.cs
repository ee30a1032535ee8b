using System.Text;
using System.Text.Json;

namespace DiffuSharp.Reports;

/// <summary>
/// A page of plots in one HTML file, which holds the program that draws them and so works offline; its content security policy forbids it
/// to load anything. Plots appear in the order in which they are added.
/// </summary>
/// <param name="title">Of the page; plain text, as all text here.</param>
public sealed class HtmlReport(string title)
{
    private readonly StringBuilder _body = new();
    private bool _hasPlots;

    /// <summary>A plot.</summary>
    /// <param name="plot">What to draw.</param>
    /// <param name="caption">Below it; empty for none.</param>
    /// <exception cref="InvalidInputException">Something cannot be drawn.</exception>
    public HtmlReport Add(Plot plot, string caption = "")
    {
        // The serializer escapes <, > and &, so that no text can end the element.
        var spec = JsonSerializer.Serialize(plot.ToVegaLite());
        _hasPlots = true;
        Append($"<figure class=\"plot\"><div></div><script type=\"application/json\">{spec}</script>");
        return Append(caption.Length > 0 ? $"<figcaption>{Escape(caption)}</figcaption></figure>" : "</figure>");
    }

    /// <summary>The whole page.</summary>
    public string ToHtml()
    {
        var page = new StringBuilder().Append($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:">
            <title>{Escape(title)}</title>
            <style>
            {ReportAssets.Text("report.css")}</style>
            </head>
            <body>
            <h1>{Escape(title)}</h1>
            {_body}
            """);
        if (_hasPlots)
        {
            AppendProgram(page);
        }

        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void AppendProgram(StringBuilder page)
    {
        foreach (var bundle in ReportAssets.Bundles)
        {
            page.Append($"<script type=\"text/plain\" class=\"bundle\" data-name=\"{bundle}\">{ReportAssets.Base64(bundle)}</script>\n");
        }

        page.Append($"<script>\n{ReportAssets.Text("report.js")}</script>\n");
        page.Append("<footer>The plots are drawn by Vega, Vega-Lite and Vega-Embed, which are part of this file, as are their licences.</footer>\n");
        page.Append($"<script type=\"text/plain\" id=\"third-party-notices\">\n{ReportAssets.Text("THIRD-PARTY-NOTICES.txt")}</script>\n");
    }

    private HtmlReport Append(string html)
    {
        _body.Append(html).Append('\n');
        return this;
    }

    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;");
}
