using System.Text.Json.Serialization;

namespace DiffuSharp.Training.Losses;

/// <summary>What a discrete model is trained to make small.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DiscreteObjective>))]
public enum DiscreteObjective
{
    /// <summary>L_simple: the squared error of what the network predicts, at t uniform (Ho et al. 2020, eq. 14).</summary>
    [JsonStringEnumMemberName("simple")]
    Simple,

    /// <summary>L_vlb: the variational bound, T times its term at t uniform, in bits (Ho et al. 2020, eq. 5).</summary>
    [JsonStringEnumMemberName("vlb")]
    Vlb,

    /// <summary>L_simple + λ L_vlb, where L_vlb trains the variances only (Nichol and Dhariwal 2021, eq. 16).</summary>
    [JsonStringEnumMemberName("hybrid")]
    Hybrid,
}
