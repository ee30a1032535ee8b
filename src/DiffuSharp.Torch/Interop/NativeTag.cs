namespace DiffuSharp.Torch.Interop;

/// <summary>What a <see cref="NativeValue"/> holds (native/bridge/bridge.h, Tag).</summary>
internal enum NativeTag
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    IntList = 5,
    DoubleList = 6,
    TensorList = 7,
    String = 8,
    Device = 9,
    Generator = 10,
    Default = 11,
}
