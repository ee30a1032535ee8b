using DiffuSharp.Sampling;
using Spectre.Console;

namespace DiffuSharp.Cli.Output;

/// <summary>A sampler as a table: state, noise level and marginal of every row.</summary>
internal static class TableauReport
{
    /// <summary>The sampler for JSON.</summary>
    public static object Document(SamplerFile sampler)
    {
        var marginals = Marginal.Of(sampler.Tableau);
        return new
        {
            sampler.Metadata.Solver,
            sampler.Metadata.Source,
            Options = sampler.Metadata.Options.ToDictionary(o => o.Key, o => o.Value),
            sampler.Tableau.Nfe,
            sampler.Tableau.NoiseDraws,
            Rows = sampler.Tableau.Rows.Select((row, i) => new
            {
                Row = i,
                row.Sigma,
                row.Prior,
                row.Noise,
                row.NoiseFloor,
                X = row.States.ToDictionary(t => $"{t.Row}", t => t.Coefficient),
                D = row.Denoised.ToDictionary(t => $"{t.Row}", t => t.Coefficient),
                Marginal = new { marginals[i].Mean, marginals[i].StandardDeviation },
            }),
        };
    }

    /// <summary>The sampler for people.</summary>
    public static void Write(IAnsiConsole console, SamplerFile sampler)
    {
        var (tableau, metadata) = sampler;
        console.WriteFacts(
        [
            ("solver", $"{metadata.Solver}: {string.Join(", ", metadata.Options.Select(o => $"{o.Key} {o.Value}"))}"),
            ("source", metadata.Source),
            ("NFE", $"{tableau.Nfe}"),
            ("noise draws", $"{tableau.NoiseDraws}"),
        ]);
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn(new TableColumn("row").RightAligned())
            .AddColumn(new TableColumn("sigma").RightAligned())
            .AddColumn(new TableColumn("mean").RightAligned())
            .AddColumn(new TableColumn("std").RightAligned())
            .AddColumn("state");
        var marginals = Marginal.Of(tableau);
        for (var i = 0; i < tableau.Rows.Count; i++)
        {
            var row = tableau.Rows[i];
            table.AddRow(
                new Text(i < tableau.Nfe ? $"{i}" : "end"),
                new Text($"{row.Sigma:0.#####}"),
                new Text($"{marginals[i].Mean:0.#####}"),
                new Text($"{marginals[i].StandardDeviation:0.#####}"),
                new Text(State(row)));
        }

        console.Write(table);
    }

    private static string State(SamplerRow row)
    {
        IEnumerable<(double Coefficient, string Symbol)> terms =
        [
            (row.Prior, "xi"),
            .. row.States.Select(t => (t.Coefficient, $"x{t.Row}")),
            .. row.Denoised.Select(t => (t.Coefficient, $"D{t.Row}")),
            (row.Noise, row.NoiseFloor is { } floor ? $"z (network: from {floor:0.#####})" : "z"),
        ];
        return string.Join(" + ", terms.Where(t => t.Coefficient != 0).Select(t => $"{t.Coefficient:0.#####} {t.Symbol}"))
            .Replace("+ -", "- ", StringComparison.Ordinal);
    }
}
