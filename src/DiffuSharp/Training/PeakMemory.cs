using System.Diagnostics;

namespace DiffuSharp.Training;

/// <summary>Memory of this process.</summary>
internal static class PeakMemory
{
    private const double BytesPerGigabyte = 1L << 30;

    /// <summary>Most resident memory so far, in bytes (VmHWM on Linux).</summary>
    public static long Bytes
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>In gigabytes of 2³⁰ bytes.</summary>
    public static double ToGigabytes(long bytes) => bytes / BytesPerGigabyte;
}
