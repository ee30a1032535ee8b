namespace DiffuSharp.Search.Algorithms;

/// <summary>In which variable the levels of a search over paths are given.</summary>
public enum PathCoordinate
{
    /// <summary>Time t of the linear interpolant x = (1 − t) y + t n, in [0, 1]: σ = t/(1 − t).</summary>
    Interpolant,

    /// <summary>σ itself.</summary>
    Sigma,
}
