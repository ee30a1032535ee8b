using Spectre.Console;
using Spectre.Console.Rendering;

namespace DiffuSharp.Cli.Output;

/// <summary>Cleans all text on its way to a console; the console's own control sequences, which come apart from text, pass.</summary>
internal sealed class CleanRendering : IRenderHook
{
    /// <inheritdoc/>
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(renderable => new Cleaned(renderable));

    private sealed class Cleaned(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => inner.Render(options, maxWidth).Select(Clean);

        private static Segment Clean(Segment segment) => !segment.IsControlCode && CleanText.Of(segment.Text) is var text && text != segment.Text
            ? new Segment(text, segment.Style)
            : segment;
    }
}
