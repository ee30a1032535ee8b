using DiffuSharp.Data;

namespace DiffuSharp.Tests;

/// <summary>A theory that needs the native image codecs; skipped, saying why, where they are not built.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CodecsTheoryAttribute : TheoryAttribute
{
    public CodecsTheoryAttribute()
    {
        if (!ImageCodecs.IsAvailable)
        {
            Skip = ImageCodecs.Description;
        }
    }
}
