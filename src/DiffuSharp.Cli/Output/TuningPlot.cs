using DiffuSharp.Reports;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Tuning;

namespace DiffuSharp.Cli.Output;

/// <summary>A learned sampler beside its base: what the network is told, the coefficients of every kind, and the course of the run.</summary>
internal static class TuningPlot
{
    private const string Base = "base";
    private const string Learned = "learned";

    /// <summary>The plot.</summary>
    /// <param name="result">What was learned.</param>
    /// <param name="start">The sampler from which the run started.</param>
    /// <param name="metric">The validation metric.</param>
    /// <param name="title">Above it.</param>
    public static Plot Create(TuningResult result, SamplerTableau start, string metric, string title)
    {
        var layout = TableauLayout.Of(result.Sampler, TableauLayout.Of(start).Coefficients);
        var (learned, basis) = (layout.Read(result.Sampler), layout.Read(start));
        var charts = new List<LineChart>
        {
            new(
                new PlotAxis("row"),
                new PlotAxis("noise level told to the network") { Log = true },
                [
                    PlotSeries.Create(Base, Rows(start), start.Rows.Take(start.Nfe).Select(row => row.Sigma)) with { Dashed = true },
                    PlotSeries.Create(Learned, Rows(result.Sampler), result.Sampler.Rows.Take(start.Nfe).Select(row => row.Sigma)),
                ]),
        };
        TuningPoint[] measured = [.. result.History.Where(point => point.Validation is { } value && double.IsFinite(value))];
        if (measured.Length > 0)
        {
            charts.Add(new LineChart(
                new PlotAxis("step"),
                new PlotAxis(metric) { Log = result.Best > 0 },
                [PlotSeries.Create(metric, measured.Select(p => (double)p.Iteration), measured.Select(p => p.Validation!.Value))]));
        }

        foreach (var (kind, name) in new[] { (CoefficientKind.State, "coefficients of states"), (CoefficientKind.Denoised, "coefficients of denoised images"), (CoefficientKind.Noise, "coefficients of noise") })
        {
            int[] places = [.. layout.Coefficients.Index().Where(c => c.Item.Kind == kind).OrderBy(c => c.Item.Row).ThenBy(c => c.Item.Column).Select(c => c.Index)];
            if (places.Length > 0)
            {
                charts.Add(new LineChart(
                    new PlotAxis("row, then column"),
                    new PlotAxis(name),
                    [Points(Base, layout, basis, places), Points(Learned, layout, learned, places)]));
            }
        }

        return new Panels(charts) { Title = title };
    }

    private static IEnumerable<double> Rows(SamplerTableau tableau) => Enumerable.Range(0, tableau.Nfe).Select(i => (double)i);

    // Column j of row i lies at i + j/i, so that rows stand apart.
    private static PlotSeries Points(string name, TableauLayout layout, double[] values, int[] places) => PlotSeries.Create(
        name,
        places.Select(k => layout.Coefficients[k].Row + (layout.Coefficients[k].Column / (1.0 + layout.Coefficients[k].Row))),
        places.Select(k => values[k])) with { Mark = SeriesMark.Points };
}
