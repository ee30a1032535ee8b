namespace DiffuSharp.Likelihood;

/// <summary>Where the uniform noise of an 8-bit value lies: x = (u8 + U)/127.5 − 1.</summary>
public enum Dequantisation
{
    /// <summary>U in [0, 1), as in published protocols.</summary>
    Above,

    /// <summary>
    /// U in [−½, ½): the values that become this byte when an image is written, so that the result bounds the code length of the
    /// images that the model makes. Lower where the data are sharp (a constant background).
    /// </summary>
    Centred,
}
