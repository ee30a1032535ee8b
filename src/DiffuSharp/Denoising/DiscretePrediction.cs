using System.Text.Json.Serialization;

namespace DiffuSharp.Denoising;

/// <summary>What a network of a discrete process predicts from x_t.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DiscretePrediction>))]
public enum DiscretePrediction
{
    /// <summary>The noise ε (Ho et al. 2020, eq. 11).</summary>
    [JsonStringEnumMemberName("epsilon")]
    Epsilon,

    /// <summary>The clean image x_0.</summary>
    [JsonStringEnumMemberName("x0")]
    X0,

    /// <summary>v = √ᾱ ε − √(1 − ᾱ) x_0 (Salimans and Ho 2022, appendix D).</summary>
    [JsonStringEnumMemberName("v")]
    V,

    /// <summary>The mean μ̃_t of q(x_{t−1} | x_t, x_0) (Ho et al. 2020, eq. 8).</summary>
    [JsonStringEnumMemberName("mu")]
    Mu,
}
