using System.Text.Json.Serialization;

namespace DiffuSharp.Schedules;

/// <summary>How β_t of a discrete process depends on t.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BetaSchedule>))]
public enum BetaSchedule
{
    /// <summary><see cref="DiscreteNoiseSchedule.Linear"/>.</summary>
    [JsonStringEnumMemberName("linear")]
    Linear,

    /// <summary><see cref="DiscreteNoiseSchedule.ScaledLinear"/>.</summary>
    [JsonStringEnumMemberName("scaled_linear")]
    ScaledLinear,

    /// <summary><see cref="DiscreteNoiseSchedule.Cosine"/>, without β_1 and β_T.</summary>
    [JsonStringEnumMemberName("cosine")]
    Cosine,
}
