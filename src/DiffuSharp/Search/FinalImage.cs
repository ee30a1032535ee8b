using DiffuSharp.Data;

namespace DiffuSharp.Search;

/// <summary>A finished image and its scores.</summary>
/// <param name="Image">8-bit pixels.</param>
/// <param name="Score">The verifier's.</param>
/// <param name="HeldOut">The held-out verifier's; null without one.</param>
public sealed record FinalImage(Image Image, double Score, double? HeldOut = null);
