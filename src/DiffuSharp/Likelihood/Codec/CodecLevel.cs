namespace DiffuSharp.Likelihood.Codec;

/// <summary>What the file holds up to a level, measured by the encoder, and what the bound promises.</summary>
/// <param name="Sigma">The level; 0 for the images themselves.</param>
/// <param name="Bytes">Bytes of the file up to and with this level, header included.</param>
/// <param name="Rmse">√(|x_0 − D|²/dimension) over all images on the scale 0 … 255: what a decoder shows that has only this much.</param>
/// <param name="PromisedBits">
/// Σ of the terms of the bound up to here, with noise of its own: the Kullback-Leibler divergences of the steps (DDPM's L_{t−1}), at the end
/// with L_0.
/// </param>
/// <param name="PromisedRmse">The same root mean square with x_0 + σ n of that noise.</param>
public sealed record CodecLevel(double Sigma, long Bytes, double Rmse, double PromisedBits, double PromisedRmse);
