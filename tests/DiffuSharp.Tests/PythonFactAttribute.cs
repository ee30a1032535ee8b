namespace DiffuSharp.Tests;

/// <summary>A test of a Python script; skipped with a message where there is no Python.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute() => Skip = Python.WhyAbsent;
}
