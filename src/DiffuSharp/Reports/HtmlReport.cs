using System.Text;
using System.Text.Json;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Reports;

/// <summary>
/// A page of text, tables, pictures and plots in one HTML file, which holds the program that draws the plots and so works offline; its
/// content security policy forbids it to load anything. Everything that is added appears in this order.
/// </summary>
/// <param name="title">Of the page; plain text, as all text here.</param>
public sealed class HtmlReport(string title)
{
    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly StringBuilder _body = new();
    private bool _hasPlots;

    /// <summary>A heading below the title.</summary>
    /// <param name="text">Plain text.</param>
    public HtmlReport AddHeading(string text) => Append($"<h2>{Escape(text)}</h2>");

    /// <summary>A paragraph.</summary>
    /// <param name="text">Plain text.</param>
    public HtmlReport AddParagraph(string text) => Append($"<p>{Escape(text)}</p>");

    /// <summary>A command or other text as it is typed.</summary>
    /// <param name="text">Plain text; lines are kept.</param>
    public HtmlReport AddCode(string text) => Append($"<pre>{Escape(text)}</pre>");

    /// <summary>A table.</summary>
    /// <param name="table">Its cells.</param>
    /// <exception cref="ArgumentException">A row has too few or too many cells.</exception>
    public HtmlReport Add(ReportTable table)
    {
        table.Validate();
        Append("<div class=\"wide\"><table>");
        AppendRow("th", table, table.Columns);
        foreach (var row in table.Rows)
        {
            AppendRow("td", table, row);
        }

        return Append("</table></div>");
    }

    /// <summary>A picture.</summary>
    /// <param name="png">A whole PNG file.</param>
    /// <param name="caption">Below it, and instead of it where it cannot be seen.</param>
    /// <exception cref="ArgumentException">The bytes are no PNG file.</exception>
    public HtmlReport AddPicture(ReadOnlySpan<byte> png, string caption)
    {
        if (!png.StartsWith(PngSignature))
        {
            throw new ArgumentException($"picture '{caption}': is no PNG file", nameof(png));
        }

        return Append(
            $"<figure><img alt=\"{Escape(caption)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">"
            + $"<figcaption>{Escape(caption)}</figcaption></figure>");
    }

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

    /// <summary>Writes the page atomically.</summary>
    /// <param name="path">File to create or replace, <c>*.html</c>.</param>
    public void Save(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(ToHtml());
        AtomicFile.Write(path, stream => stream.Write(bytes));
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

    private void AppendRow(string element, ReportTable table, IReadOnlyList<string> cells)
    {
        _body.Append("<tr>");
        for (var i = 0; i < cells.Count; i++)
        {
            _body.Append($"<{element}{(table.IsNumeric(i) ? " class=\"number\"" : "")}>{Escape(cells[i])}</{element}>");
        }

        _body.Append("</tr>\n");
    }

    private HtmlReport Append(string html)
    {
        _body.Append(html).Append('\n');
        return this;
    }

    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;");
}
