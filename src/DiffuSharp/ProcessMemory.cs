using System.Diagnostics;

namespace DiffuSharp;

/// <summary>Memory of this process.</summary>
public static class ProcessMemory
{
    /// <summary>The most main memory that the process has held at once, in bytes; memory of a GPU is not in it.</summary>
    public static long Peak
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary><see cref="Peak"/> in MiB, rounded.</summary>
    public static long PeakMebibytes => (Peak + (1 << 19)) >> 20;
}
