using System.Text.Json;
using System.Text.Json.Serialization;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Torch.IO;
using DiffuSharp.Tuning;

namespace DiffuSharp.Cli.Commands;

/// <summary><c>tune.json</c>: the course of a run, and every number of the learned sampler beside its base's, for plots.</summary>
internal static class TuneReport
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, WriteIndented = true,
    };

    /// <summary>Writes the report atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="result">What was learned.</param>
    /// <param name="start">The sampler from which the run started.</param>
    /// <param name="options">The options of the sampler file.</param>
    /// <param name="cost">Seconds and network evaluations of this process, teacher included.</param>
    public static void Write(
        string path, TuningResult result, SamplerTableau start, IReadOnlyList<KeyValuePair<string, string>> options, (double Seconds, long Evaluations) cost)
    {
        var layout = TableauLayout.Of(result.Sampler, TableauLayout.Of(start).Coefficients);
        var (learned, basis) = (layout.Read(result.Sampler), layout.Read(start));
        var document = new
        {
            Options = options.ToDictionary(o => o.Key, o => o.Value),
            Outcome = result.Outcome.ToString(),
            result.BestIteration,
            Validation = new { result.Initial, result.Best },
            cost.Seconds,
            cost.Evaluations,
            History = result.History.Select(p => new
            {
                p.Iteration, p.Loss, p.Validation, Parts = p.Parts.ToDictionary(part => part.Name, part => part.Value),
            }),
            Coefficients = layout.Coefficients.Select((place, k) => new
            {
                Kind = place.Kind.ToString().ToLowerInvariant(), place.Row, place.Column, Base = basis[k], Learned = learned[k],
            }),
        };
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, document, s_json));
    }
}
