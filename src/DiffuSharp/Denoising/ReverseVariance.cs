using System.Text.Json.Serialization;

namespace DiffuSharp.Denoising;

/// <summary>The variance of the reverse process p(x_{t−1} | x_t).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReverseVariance>))]
public enum ReverseVariance
{
    /// <summary>β̃_t, that of the posterior (Ho et al. 2020, section 3.2).</summary>
    [JsonStringEnumMemberName("fixed_small")]
    FixedSmall,

    /// <summary>β_t (Ho et al. 2020, section 3.2).</summary>
    [JsonStringEnumMemberName("fixed_large")]
    FixedLarge,

    /// <summary>Between the two for each pixel, as the network says (Nichol and Dhariwal 2021, eq. 15).</summary>
    [JsonStringEnumMemberName("learned")]
    Learned,
}
