using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>
/// Guidance: D = D_ref + w (D_main − D_ref). With a second model as reference it is autoguidance (Karras et al. 2024); with the
/// model itself without class, classifier-free guidance (Ho and Salimans 2022). Each call counts as the evaluations of both. Guidance
/// may be limited to an interval of noise levels (Kynkäänniemi et al. 2024); calls outside it evaluate the main model only.
/// </summary>
public sealed class GuidedDenoiser : IDenoiser
{
    private readonly IDenoiser _main;
    private readonly IDenoiser _reference;
    private readonly double _weight;
    private readonly bool _isClassifierFree;
    private readonly SigmaRange? _interval;

    /// <summary>Combines two denoisers.</summary>
    /// <param name="main">The denoiser that is guided.</param>
    /// <param name="weight">w; 1 gives the main denoiser alone, larger values move away from the reference.</param>
    /// <param name="reference">The reference model; null for <paramref name="main"/> without class.</param>
    /// <param name="interval">Noise levels that are guided; null for all.</param>
    /// <exception cref="InvalidInputException">The shapes differ, or there is neither reference nor class.</exception>
    public GuidedDenoiser(IDenoiser main, double weight, IDenoiser? reference = null, SigmaRange? interval = null)
    {
        if (reference is null && main.LabelDim == 0)
        {
            throw new InvalidInputException("guidance needs a class-conditional model or a second, weaker model as reference");
        }

        if (reference is not null && reference.Shape != main.Shape)
        {
            throw new InvalidInputException($"the reference model makes {reference.Shape} images, the main model {main.Shape}");
        }

        if (reference is not null && reference.LabelDim != 0 && reference.LabelDim != main.LabelDim)
        {
            throw new InvalidInputException($"the reference model has {reference.LabelDim} classes, the main model {main.LabelDim}");
        }

        _main = main;
        _reference = reference ?? main;
        _weight = weight;
        _interval = interval;
        _isClassifierFree = reference is null;
    }

    /// <inheritdoc/>
    public ImageShape Shape => _main.Shape;

    /// <inheritdoc/>
    public int LabelDim => _main.LabelDim;

    /// <inheritdoc/>
    public double SigmaMin => Math.Max(_main.SigmaMin, _reference.SigmaMin);

    /// <inheritdoc/>
    public double SigmaMax => Math.Min(_main.SigmaMax, _reference.SigmaMax);

    /// <inheritdoc/>
    public DiscreteNoiseSchedule? Process => _main.Process;

    /// <inheritdoc/>
    public Device Device => _main.Device;

    /// <inheritdoc/>
    public long Evaluations => ReferenceEquals(_main, _reference) ? _main.Evaluations : _main.Evaluations + _reference.Evaluations;

    /// <inheritdoc/>
    public int EvaluationsAt(double sigma) => _main.EvaluationsAt(sigma) + (WeightAt(sigma) == 1 ? 0 : _reference.EvaluationsAt(sigma));

    /// <inheritdoc/>
    public double RoundSigma(double sigma) => _main.RoundSigma(sigma);

    /// <inheritdoc/>
    public Tensor Denoise(Tensor x, Tensor sigma, Condition? condition = null)
    {
        using var scope = torch.NewDisposeScope();
        var main = _main.Denoise(x, sigma, condition);
        var weights = Weights(sigma);
        if (Array.TrueForAll(weights, weight => weight == 1))
        {
            return main.MoveToOuterDisposeScope();
        }

        var withoutClass = condition is null ? null : condition with { Labels = null };
        var reference = _reference.Denoise(x, sigma, _isClassifierFree || _reference.LabelDim == 0 ? withoutClass : condition);
        var scale = torch.tensor(weights, [weights.Length, 1, 1, 1]).to(main.device, main.dtype);
        return (reference + ((main - reference) * scale)).MoveToOuterDisposeScope();
    }

    // w for each noise level; 1 outside the interval.
    private double[] Weights(Tensor sigma) => _interval is null
        ? [_weight]
        : Array.ConvertAll(sigma.detach().to(Torch.Device.CPU, ScalarType.Float64).ToArray<double>(), WeightAt);

    private double WeightAt(double sigma) => _interval is null || (sigma >= _interval.Min && sigma <= _interval.Max) ? _weight : 1;
}
