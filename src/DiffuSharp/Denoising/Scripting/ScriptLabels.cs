using System.Text.Json.Serialization;

namespace DiffuSharp.Denoising.Scripting;

/// <summary>In which form a TorchScript network takes its class.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScriptLabels>))]
public enum ScriptLabels
{
    /// <summary>float32 [N, label_dim]; zeros for no class.</summary>
    [JsonStringEnumMemberName("one_hot")]
    OneHot,

    /// <summary>int64 [N].</summary>
    [JsonStringEnumMemberName("index")]
    Index,
}
