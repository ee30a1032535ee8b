using DiffuSharp.Torch;

namespace DiffuSharp.Tests;

/// <summary>Counts the tensors of this process, for tests that run alone.</summary>
internal static class LiveTensors
{
    /// <summary>The number alive once the garbage of earlier tests is gone, which would otherwise go while the test counts.</summary>
    public static long CountWithoutGarbage()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.LiveCount;
    }
}
