namespace DiffuSharp.Tests;

/// <summary>A test to the bit of the reference's sine; skipped, saying why, where libtorch's rounds otherwise.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReferenceSineFactAttribute : FactAttribute
{
    public ReferenceSineFactAttribute() => Skip = ReferenceSine.WhyDifferent;
}
