namespace DiffuSharp.Tests;

/// <summary>A theory to the bit of the reference's sine; skipped, saying why, where libtorch's rounds otherwise.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReferenceSineTheoryAttribute : TheoryAttribute
{
    public ReferenceSineTheoryAttribute() => Skip = ReferenceSine.WhyDifferent;
}
