namespace DiffuSharp.Likelihood;

/// <summary>A point of the rate-distortion curve (Ho et al. 2020, section 4.3 and Table 4).</summary>
/// <param name="Step">t: the receiver has x_t.</param>
/// <param name="Rate">Bits per dimension sent so far: L_T and the terms down to x_t.</param>
/// <param name="Rmse">√ of the mean squared error of x̂_0, on the scale 0 … 255.</param>
public readonly record struct RateDistortion(int Step, double Rate, double Rmse);
