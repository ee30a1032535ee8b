using DiffuSharp.Cli.Output;
using DiffuSharp.Metrics.Evaluation;
using DiffuSharp.Metrics.Features;

namespace DiffuSharp.Cli.Commands;

/// <summary>What <c>evaluate</c> says: one line for each number, with all that it depends on.</summary>
internal static class EvaluationReport
{
    public static void Write(
        Invocation run, IReadOnlyList<MetricValue> values, FeatureProtocol protocol, ReferenceStatistics? reference,
        EvaluationSource source)
    {
        if (run.Json)
        {
            run.WriteJson(new
            {
                Metrics = values,
                Protocol = protocol.Name,
                protocol.Layer,
                FeaturesSha256 = protocol.Sha256,
                ReferenceDataset = reference?.Dataset,
                ReferenceSha256 = reference?.Sha256,
                ReferenceStatesProtocol = reference is null ? null : (bool?)(reference.Protocol is not null),
                source.Images,
                source.ModelSha256,
                source.Class,
                source.Seeds,
                source.Repeats,
                Sampler = source.Sampler?.Solver,
                SamplerOptions = source.Sampler?.Options.ToDictionary(o => o.Key, o => o.Value),
                source.Nfe,
                source.Seed,
            });
            return;
        }

        var context = $"{protocol.Name} {FileHash.Short(protocol.Sha256 ?? "")}{Reference(reference)}; {source}, seed {source.Seed}";
        foreach (var value in values)
        {
            run.WriteLine($"{Line(value)}; {context}");
        }
    }

    /// <summary>A number with its spread, its N, how it was computed and how long that took.</summary>
    public static string Line(MetricValue value)
    {
        var against = value.ReferenceImages is { } m ? $" against {m}" : "";
        var spread = value.Uncertainty is { } u ? $" +- {u:G3} ({value.UncertaintyKind})" : "";
        return $"{value.Name} {Number(value.Value)}{spread}, N {value.Images}{against}; {value.Note}; {Duration.Text(value.Seconds)}";
    }

    private static string Number(double value) => Math.Abs(value) < 0.01 && value != 0 ? $"{value:0.0000e+0}" : $"{value:0.0000}";

    private static string Reference(ReferenceStatistics? reference) => reference is null
        ? ""
        : $", reference {reference.Dataset ?? "of unstated data"} {FileHash.Short(reference.Sha256 ?? "")}{(reference.Protocol is null ? " (states no protocol)" : "")}";
}
