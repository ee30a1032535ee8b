using System.Runtime.InteropServices;

namespace DiffuSharp.Torch.Interop;

/// <summary>One argument or result as it crosses the border (native/bridge/bridge.h, Value).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public NativeTag Tag;
    public int Length;
    public long Bits;
}
