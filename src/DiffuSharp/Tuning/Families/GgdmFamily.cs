using DiffuSharp.Sampling.Running;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Tuning.Families;

/// <summary>
/// GGDM in the paper's own parametrisation (Watson et al. 2022): all μ_tu and σ_t are sigmoids of free numbers, in VP coordinates. PRED learns the
/// coefficients of x̂_0 (ã_t a sigmoid, ṽ_t by cumsum of a softmax) instead of taking them from Theorem 1. TIME learns what the network is
/// told: an increasing sequence by cumsum of a softmax, here in ln σ between half the lowest and twice the highest initial level. Starts
/// next to DDIM(η): a sigmoid cannot be 0, so μ and σ that are 0 there start at the floor. Parameters: <c>mu</c> K(K + 1)/2, <c>sigma</c> K, with
/// PRED <c>mean</c> K and <c>variance</c> K, with TIME <c>time</c> K.
/// </summary>
public sealed class GgdmFamily : SamplerFamily
{
    private const double Margin = 2;

    private readonly Parameter _mu;
    private readonly Parameter _sigma;
    private readonly Parameter? _mean;
    private readonly Parameter? _variance;
    private readonly Parameter? _time;
    private readonly Tensor _levels;
    private readonly double _lowest;
    private readonly double _span;

    /// <summary>Starts at DDIM(η).</summary>
    /// <param name="levels">σ_0 … σ_K = 0; what the network is told without TIME.</param>
    /// <param name="options">PRED, TIME, η and floor.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or the levels do not fall strictly to 0.</exception>
    public GgdmFamily(NoiseLevels levels, GgdmFamilyOptions options)
    {
        options.Validate();
        Options = options;
        var initial = LevelChecks.Positive(levels);
        var start = VPTransitions.Ddim(initial, options.Eta);
        var count = initial.Length;
        _levels = Constant("levels", initial);
        _mu = Learned("mu", [.. Enumerable.Range(0, count).SelectMany(r => start.Row(r)).Select(Logit)]);
        _sigma = Learned("sigma", [.. start.Noise.Select(Logit)]);
        if (options.Pred)
        {
            _mean = Learned("mean", [.. initial.Select(s => Math.Sqrt(VPTransitions.AlphaBar(s))).Select(a => SigmoidLogits.Of(a, 0))]);
            _variance = Learned("variance", CumulativeSoftmax.Inverse([.. initial.Reverse().Select(s => 1 - VPTransitions.AlphaBar(s))]));
        }

        _lowest = Math.Log(initial[^1] / Margin);
        _span = Math.Log(initial[0] * Margin) - _lowest;
        if (options.Time)
        {
            _time = Learned("time", CumulativeSoftmax.Inverse([.. initial.Reverse().Select(s => (Math.Log(s) - _lowest) / _span)]));
        }

        using var scope = torch.NewDisposeScope();
        Layout = Vector().Layout(count + 1);

        double Logit(double p) => SigmoidLogits.Of(p, options.Floor);
    }

    /// <summary>PRED, TIME, η and floor.</summary>
    public GgdmFamilyOptions Options { get; }

    /// <inheritdoc/>
    public override string Name => $"ggdm{(Options.Pred ? "+pred" : "")}{(Options.Time ? "+time" : "")}";

    /// <inheritdoc/>
    public override TableauLayout Layout { get; }

    /// <inheritdoc/>
    public override Tensor Coefficients()
    {
        using var scope = torch.NewDisposeScope();
        return Vector().Values().MoveToOuterDisposeScope();
    }

    private CoefficientVector Vector()
    {
        var count = (int)_sigma.size(0);
        var mu = _mu.sigmoid();
        var noise = _sigma.sigmoid();
        var clean = new Tensor[count];
        var states = new Tensor[count];
        for (int r = 0, at = 0; r < count; at += r + 1, r++)
        {
            clean[r] = mu[at];
            states[r] = mu.narrow(0, at + 1, r);
        }

        var rows = new GgdmRows
        {
            Clean = torch.stack(clean),
            States = states,
            Prior = noise.narrow(0, 0, 1),
            Noise = noise.narrow(0, 1, count - 1),
            NetworkSigma = _time is null ? _levels : (CumulativeSoftmax.Map(_time).flip(0) * _span + _lowest).exp(),
        };
        var (mean, deviation) = _mean is null || _variance is null
            ? rows.Marginals()
            : (_mean.sigmoid(), CumulativeSoftmax.Map(_variance).flip(0).sqrt());
        return rows.Assemble(mean, deviation);
    }
}
