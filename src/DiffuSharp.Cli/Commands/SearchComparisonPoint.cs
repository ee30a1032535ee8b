using System.Text.Json;
using DiffuSharp.Search;

namespace DiffuSharp.Cli.Commands;

/// <summary>One point of a scaling curve.</summary>
internal sealed record SearchComparisonPoint
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Hash of all that decides the point besides the algorithm; points of one file have the same.</summary>
    public required string Search { get; init; }

    public required string Algorithm { get; init; }

    public required string Options { get; init; }

    /// <summary>Budget for each image.</summary>
    public required long Nfe { get; init; }

    public required int Images { get; init; }

    public required SearchSummary Score { get; init; }

    public SearchSummary? HeldOut { get; init; }

    /// <summary>For each image until the budget was spent.</summary>
    public required double VerifierCalls { get; init; }

    /// <summary>Seconds of the run that gave the point, which goes on to the largest budget.</summary>
    public required double SecondsOfRun { get; init; }

    /// <summary>NFE an image of that run.</summary>
    public required double NfeOfRun { get; init; }

    public bool Is(SearchAlgorithm algorithm, long nfe) =>
        Algorithm == algorithm.Name && Nfe == nfe && Options == string.Join(", ", algorithm.Options.Select(o => $"{o.Key} {o.Value}"));

    public static SearchComparisonPoint FromJson(string line) =>
        JsonSerializer.Deserialize<SearchComparisonPoint>(line, s_json) ?? throw new JsonException("null");

    public string ToJson() => JsonSerializer.Serialize(this, s_json);
}
