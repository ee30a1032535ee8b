using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;
using static DiffuSharp.Torch.torch.nn.functional;

namespace DiffuSharp.Networks;

/// <summary>A "same" convolution with optional resampling before it (or, fused, after it) and the bias last.</summary>
public sealed class Convolution : Module
{
    private static readonly Operator s_conv3x3 = new("diffusharp::conv3x3");
    private static readonly Operator s_conv3x3_prepare = new("diffusharp::conv3x3_prepare");

    private readonly LowPassFilter? _filter;
    private readonly bool _fused;
    private readonly Lock _gate = new();
    private Tensor? _prepared;
    private long _preparedVersion;

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
            weight = register_parameter(
                "weight", initializer.IsDeferred ? initialWeight : initialWeight.contiguous(MemoryFormat.ChannelsLast));
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

        x = _filter is null ? x : _filter.Forward(x);
        return weight.size(2) == 3
            ? s_conv3x3.Call(x, weight, bias, weight.requires_grad ? null : Prepared(weight))
            : conv2d(x, weight, bias, padding: [padding, padding]);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _prepared?.Dispose();
        base.Dispose(disposing);
    }

    // A frozen weight in the form in which the fast convolution uses it, computed once for each content.
    private Tensor? Prepared(Tensor frozen)
    {
        lock (_gate)
        {
            if (_prepared is null || _preparedVersion != frozen._version)
            {
                _prepared?.Dispose();
                _prepared = s_conv3x3_prepare.Call(frozen).DetachFromDisposeScope();
                _preparedVersion = frozen._version;
            }

            return _prepared.numel() > 0 ? _prepared : null;
        }
    }
}
