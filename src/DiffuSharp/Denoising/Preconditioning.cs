using System.Text.Json.Serialization;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>
/// How a raw network F becomes a denoiser: D(x; σ) = c_skip x + c_out F(c_in x; c_noise) (EDM, eq. 7 and Table 1).
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "precond")]
[JsonDerivedType(typeof(VPPreconditioning), "vp")]
[JsonDerivedType(typeof(VEPreconditioning), "ve")]
[JsonDerivedType(typeof(IddpmPreconditioning), "iddpm")]
[JsonDerivedType(typeof(EdmPreconditioning), "edm")]
[JsonDerivedType(typeof(DiscretePreconditioning), "ddpm")]
[JsonDerivedType(typeof(FlowPreconditioning), "flow")]
[JsonDerivedType(typeof(DirectPreconditioning), "direct")]
public abstract record Preconditioning
{
    /// <summary>Smallest noise level.</summary>
    [JsonIgnore]
    public abstract double SigmaMin { get; }

    /// <summary>Largest noise level.</summary>
    [JsonIgnore]
    public abstract double SigmaMax { get; }

    /// <summary>The discrete process for whose timesteps alone the network was made; null if there is none.</summary>
    [JsonIgnore]
    public virtual DiscreteNoiseSchedule? Process => null;

    /// <summary>Channels of the network's output for each channel of the image: 1, or 2 with the predicted variances behind.</summary>
    [JsonIgnore]
    public virtual int OutputFactor => 1;

    /// <summary>Checks the constants.</summary>
    /// <exception cref="InvalidInputException">One line that names the constant.</exception>
    public virtual void Validate()
    {
    }

    /// <summary>The nearest level at which the network was trained.</summary>
    public virtual double RoundSigma(double sigma) => sigma;

    /// <summary>The four coefficients for noise levels of any shape, in the shape and type of <paramref name="sigma"/>.</summary>
    public abstract Coefficients At(Tensor sigma);
}
