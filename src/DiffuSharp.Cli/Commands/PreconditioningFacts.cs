using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiffuSharp.Denoising;

namespace DiffuSharp.Cli.Commands;

/// <summary>What <c>model info</c> says of a preconditioning, in the names of the model file.</summary>
internal static class PreconditioningFacts
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Its kind with all its fields, and the noise levels that it covers.</summary>
    public static IEnumerable<(string Name, string Value)> Of(Preconditioning preconditioning)
    {
        var fields = JsonSerializer.SerializeToNode(preconditioning, s_json)!.AsObject();
        return
        [
            ("preconditioning", string.Join(", ", fields.Select(Text))),
            ("noise levels", string.Create(CultureInfo.InvariantCulture, $"sigma {preconditioning.SigmaMin:G6} to {preconditioning.SigmaMax:G6}")),
        ];
    }

    // The kind comes first and stands for itself.
    private static string Text(KeyValuePair<string, JsonNode?> field) => field.Key == "precond" ? $"{field.Value}" : $"{field.Key} {field.Value}";
}
