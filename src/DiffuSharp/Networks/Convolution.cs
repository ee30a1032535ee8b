using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Networks;

/// <summary>A "same" convolution with optional resampling before it (or, fused, after it) and the bias last.</summary>
public sealed class Convolution : Module
{
    private readonly LowPassFilter? _filter;
    private readonly bool _fused;

    /// <summary>Initial values from the initialiser.</summary>
    /// <param name="initializer">Draws the weights.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernel">Kernel size; 0 for resampling alone, without weights.</param>
    /// <param name="resampling">Change of resolution.</param>
    /// <param name="taps">Taps of the resampling filter.</param>
    /// <param name="fused">Convolve first and resample after (the residual encoder's order).</param>
    public Convolution(
        Initializer initializer, int inputs, int outputs, int kernel, Resampling resampling = Resampling.None,
        IReadOnlyList<int>? taps = null, bool fused = false)
    {
        _fused = fused;
        if (kernel > 0)
        {
            var (initialWeight, initialBias) = initializer.Draw([outputs, inputs, kernel, kernel], hasBias: true);
            weight = register_parameter("weight", initialWeight.contiguous(MemoryFormat.ChannelsLast));
            bias = register_parameter("bias", initialBias!);
        }

        if (resampling != Resampling.None)
        {
            _filter = new LowPassFilter(resampling, taps ?? [1, 1]);
            register_buffer("resample_filter", _filter.Kernel);
        }
    }

    /// <summary>[out, in, k, k], or null.</summary>
    public Parameter? weight { get; }

    /// <summary>[out], or null.</summary>
    public Parameter? bias { get; }

    /// <summary>[N,in,H,W] → [N,out,H',W'].</summary>
    public Tensor Forward(Tensor x)
    {
        if (weight is null)
        {
            return _filter!.Forward(x);
        }

        var padding = weight.size(2) / 2;
        if (_fused)
        {
            padding += _filter!.Padding;
            return _filter.Filter(conv2d(x, weight, padding: [padding, padding]), 0) + bias!.reshape(1, -1, 1, 1);
        }

        return conv2d(_filter is null ? x : _filter.Forward(x), weight, bias, padding: [padding, padding]);
    }
}
