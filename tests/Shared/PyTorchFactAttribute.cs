namespace DiffuSharp.Testing;

/// <summary>A test against PyTorch itself; skipped with a message where Debian's python3-torch is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PyTorchFactAttribute : FactAttribute
{
    public PyTorchFactAttribute() => Skip = Python.WhyNoTorch;
}
