using DiffuSharp.Data;

namespace DiffuSharp.Tests;

/// <summary>A test that needs the native image codecs; skipped, saying why, where they are not built.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CodecsFactAttribute : FactAttribute
{
    public CodecsFactAttribute()
    {
        if (!ImageCodecs.IsAvailable)
        {
            Skip = ImageCodecs.Description;
        }
    }
}
