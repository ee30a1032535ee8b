using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Networks;

/// <summary>
/// Resampling by two with a separable low-pass filter. The two-tap filter [1, 1] is mean pooling and nearest-neighbour
/// repetition, computed as such.
/// </summary>
public sealed class LowPassFilter : Module
{
    private readonly Resampling _resampling;
    private readonly bool _isBox;
    private readonly long _padding;

    /// <summary>Makes the filter, sum 1.</summary>
    /// <param name="resampling">Direction.</param>
    /// <param name="taps">One-dimensional taps.</param>
    public LowPassFilter(Resampling resampling, IReadOnlyList<int> taps)
    {
        _resampling = resampling;
        _isBox = taps.SequenceEqual([1, 1]);
        _padding = (taps.Count - 1) / 2;
        using var scope = torch.NewDisposeScope();
        var line = torch.tensor(taps.Select(tap => (float)tap / taps.Sum()).ToArray());
        Kernel = register_buffer("resample_filter", (line.reshape(-1, 1) * line).reshape(1, 1, taps.Count, taps.Count));
    }

    /// <summary>[1, 1, n, n].</summary>
    public Tensor Kernel { get; }

    /// <summary>Padding with which the resolution changes by exactly two.</summary>
    public long Padding => _padding;

    /// <summary>[N,C,H,W] → [N,C,H/2,W/2] or [N,C,2H,2W].</summary>
    public Tensor Forward(Tensor x) => _isBox
        ? _resampling == Resampling.Down ? avg_pool2d(x, 2) : upsample_nearest2d(x, 2)
        : Filter(x, _padding);

    /// <summary>The same by depthwise convolution, with a padding of the caller's choice.</summary>
    public Tensor Filter(Tensor x, long padding)
    {
        var channels = x.size(1);
        var kernel = Kernel.expand(channels, 1, -1, -1).contiguous();
        return _resampling == Resampling.Down
            ? conv2d(x, kernel, stride: 2, padding: [padding, padding], groups: channels)
            : conv_transpose2d(x, kernel * 4, 2, [padding, padding], channels);
    }
}
