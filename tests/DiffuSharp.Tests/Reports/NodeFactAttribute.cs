using DiffuSharp.Reports;

namespace DiffuSharp.Tests.Reports;

/// <summary>A test that draws; skipped with a message where Node.js is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        try
        {
            _ = SvgRenderer.Find();
        }
        catch (InvalidInputException exception)
        {
            Skip = exception.Message;
        }
    }
}
