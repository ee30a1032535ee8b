using System.Text;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Reports;

/// <summary>
/// A plot in a file: <c>.svg</c> (needs Node.js), <c>.html</c> (a page of its own that works offline) or <c>.json</c> (the Vega-Lite specification).
/// </summary>
public sealed class PlotFile
{
    private readonly string _path;
    private readonly SvgRenderer? _svg;

    /// <summary>Chooses the format by the extension and looks for what it needs, so that nothing is missing after a long run.</summary>
    /// <param name="path">File to create or replace.</param>
    /// <exception cref="InvalidInputException">The extension is none of the three, or Node.js is missing for SVG.</exception>
    public PlotFile(string path)
    {
        _path = path;
        switch (Extension)
        {
            case ".svg":
                _svg = SvgRenderer.Find();
                break;
            case ".html" or ".json":
                break;
            default:
                throw new InvalidInputException($"{path}: plots are written as .svg, .html or .json");
        }

        if (Directory.Exists(path))
        {
            throw new InvalidInputException($"{path}: is a folder; name a file");
        }
    }

    private string Extension => Path.GetExtension(_path).ToLowerInvariant();

    /// <summary>Writes the plot atomically.</summary>
    /// <param name="plot">What to draw.</param>
    /// <param name="cancellation">Stops the drawing; no file is left.</param>
    /// <exception cref="InvalidInputException">Something cannot be drawn.</exception>
    public void Write(Plot plot, CancellationToken cancellation = default)
    {
        var text = _svg?.Render(plot, cancellation) ?? (Extension == ".json" ? plot.ToJson() : Page(plot));
        AtomicFile.Write(_path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    // The page's title is the plot's.
    private string Page(Plot plot) => new HtmlReport(plot.Title.Length > 0 ? plot.Title : Path.GetFileNameWithoutExtension(_path))
        .Add(plot with { Title = "", Subtitle = "" }, plot.Subtitle).ToHtml();
}
