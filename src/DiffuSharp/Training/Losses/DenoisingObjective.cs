using System.Text.Json.Serialization;

namespace DiffuSharp.Training.Losses;

/// <summary>Loss weight and distribution of the noise levels of a continuous model (EDM, Karras et al. 2022, Table 1, "Training").</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DenoisingObjective>))]
public enum DenoisingObjective
{
    /// <summary><see cref="VPLoss"/>.</summary>
    [JsonStringEnumMemberName("vp")]
    VP,

    /// <summary><see cref="VELoss"/>.</summary>
    [JsonStringEnumMemberName("ve")]
    VE,

    /// <summary><see cref="EdmLoss"/>.</summary>
    [JsonStringEnumMemberName("edm")]
    Edm,
}
