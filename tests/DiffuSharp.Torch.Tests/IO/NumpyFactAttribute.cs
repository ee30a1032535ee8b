namespace DiffuSharp.Torch.Tests.IO;

/// <summary>A test that needs the NumPy of the system and is skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NumpyFactAttribute : FactAttribute
{
    public NumpyFactAttribute()
    {
        if (!Numpy.IsInstalled)
        {
            Skip = "/usr/bin/python3 with numpy is not installed";
        }
    }
}
