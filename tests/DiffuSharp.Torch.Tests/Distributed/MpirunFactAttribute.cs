namespace DiffuSharp.Torch.Tests.Distributed;

/// <summary>A test that starts ranks with Open MPI; skipped where Debian's openmpi-bin is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MpirunFactAttribute : FactAttribute
{
    public const string Program = "/usr/bin/mpirun";

    public MpirunFactAttribute() => Skip = File.Exists(Program) ? null : $"Open MPI is not installed: no {Program}";
}
