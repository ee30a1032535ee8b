namespace DiffuSharp.Sampling;

/// <summary>A point of a path of <see cref="TwoPeakPaths"/>.</summary>
/// <param name="Path">Number of the path.</param>
/// <param name="T">Time.</param>
/// <param name="Sigma">σ(t).</param>
/// <param name="X">x(t), scaled by s(t).</param>
public readonly record struct PathPoint(int Path, double T, double Sigma, double X);
