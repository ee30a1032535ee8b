namespace DiffuSharp.Torch;

/// <summary>Order of the elements in memory; the values are libtorch's own.</summary>
public enum MemoryFormat
{
    /// <summary>Row-major, NCHW for images.</summary>
    Contiguous = 0,

    /// <summary>The layout of the input.</summary>
    Preserve = 1,

    /// <summary>NHWC: the channels of one pixel beside each other.</summary>
    ChannelsLast = 2,
}
