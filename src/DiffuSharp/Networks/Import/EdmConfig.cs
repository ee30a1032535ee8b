using System.Text.Json;
using System.Text.Json.Nodes;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Networks.Import;

/// <summary>
/// The configuration of an exported EDM network: one JSON object with the published names of the wrapper (<c>precond</c>,
/// <c>img_resolution</c>, <c>sigma_data</c>) and of the network in it (<c>model_type</c>, <c>model_channels</c> …).
/// </summary>
public static class EdmConfig
{
    /// <summary>Key of the configuration in the metadata of an export.</summary>
    public const string MetadataKey = "edm.config";

    /// <summary>Reads the configuration of an export.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is not valid; one line.</exception>
    public static ModelDescription Read(SafetensorsFile file)
    {
        var text = file.Metadata.GetValueOrDefault(MetadataKey) ?? throw new InvalidDataException(
            $"{file.Path}: has no {MetadataKey} in its metadata; export the pickle with tools/export_edm_pickle.py");
        try
        {
            return Describe(text);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or InvalidDataException)
        {
            throw new InvalidDataException($"{file.Path}: {MetadataKey} is not valid: {error.Message}", error);
        }
    }

    /// <summary>The description that a configuration amounts to.</summary>
    /// <param name="json">The JSON object.</param>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    /// <exception cref="InvalidDataException">A field is missing, unknown or out of range.</exception>
    public static ModelDescription Describe(string json)
    {
        if (JsonNode.Parse(json) is not JsonObject network)
        {
            throw new InvalidDataException("no JSON object");
        }

        var preconditioning = new JsonObject { ["precond"] = Name(Text(network, "precond")) };
        if (network.Remove("sigma_data", out var sigmaData) && (string)preconditioning["precond"]! == "edm")
        {
            preconditioning["sigma_data"] = sigmaData;
        }

        var modelType = Text(network, "model_type");
        if (network.Remove("img_resolution", out var resolution) && resolution is not null)
        {
            network["img_height"] = (int)resolution;
            network["img_width"] = (int)resolution;
        }

        network.Insert(0, "model_type", modelType);
        return ModelDescription.FromJson(new JsonObject { ["network"] = network, ["preconditioning"] = preconditioning }.ToJsonString());
    }

    private static string Text(JsonObject config, string name) =>
        config.Remove(name, out var value) && value is not null ? (string)value! : throw new InvalidDataException($"has no {name}");

    private static string Name(string precond) => precond switch
    {
        "VPPrecond" => "vp",
        "VEPrecond" => "ve",
        "iDDPMPrecond" => "iddpm",
        "EDMPrecond" => "edm",
        _ => throw new InvalidDataException($"precond '{precond}' is not known; VPPrecond, VEPrecond, iDDPMPrecond and EDMPrecond are"),
    };
}
