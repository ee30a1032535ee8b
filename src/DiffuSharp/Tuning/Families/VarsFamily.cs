using DiffuSharp.Sampling.Running;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Tuning.Families;

/// <summary>
/// VARS (Watson et al. 2022): the variances v_t of the marginals N(√(1 − v_t) x_0, v_t I) are learned, an increasing sequence in (0, 1) by cumsum
/// of a softmax; the transitions of DDIM(η) and the prediction x̂_0 = (x_t − √v_t ε)/√(1 − v_t) follow from them. What the network is told stays.
/// Parameter <c>variance</c>: K scalars.
/// </summary>
public sealed class VarsFamily : SamplerFamily
{
    private readonly Parameter _variance;
    private readonly Tensor _levels;
    private readonly double _eta;

    /// <summary>Starts at DDIM(η).</summary>
    /// <param name="levels">σ_0 … σ_K = 0.</param>
    /// <param name="eta">η, from 0 to 1; it stays.</param>
    /// <exception cref="InvalidInputException">η is out of range, or the levels do not fall strictly to 0.</exception>
    public VarsFamily(NoiseLevels levels, double eta = 0)
    {
        if (!(eta is >= 0 and <= 1))
        {
            throw new InvalidInputException($"eta is {eta:R}; it must lie between 0 and 1");
        }

        _eta = eta;
        var initial = LevelChecks.Positive(levels);
        _levels = Constant("levels", initial);
        _variance = Learned("variance", CumulativeSoftmax.Inverse([.. initial.Reverse().Select(s => 1 - VPTransitions.AlphaBar(s))]));
        using var scope = torch.NewDisposeScope();
        Layout = Vector().Layout(initial.Length + 1);
    }

    /// <inheritdoc/>
    public override string Name => "vars";

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
        var count = (int)_variance.size(0);
        var v = CumulativeSoftmax.Map(_variance).flip(0);
        var (before, after) = (v.narrow(0, 0, count - 1), v.narrow(0, 1, count - 1));
        var noise = _eta > 0 ? _eta * (after / before * (1 - ((1 - before) / (1 - after)))).sqrt() : null;
        var kept = ((noise is null ? after : after - noise.square()) / before).sqrt();
        var clean = (1 - after).sqrt() - (kept * (1 - before).sqrt());
        var rows = new GgdmRows
        {
            Clean = torch.cat([(1 - v.narrow(0, 0, 1)).sqrt(), clean]),
            States =
            [
                torch.zeros([0], ScalarType.Float64),
                .. Enumerable.Range(1, count - 1).Select(r => torch.cat([torch.zeros([r - 1], ScalarType.Float64), kept.narrow(0, r - 1, 1)])),
            ],
            Prior = v.narrow(0, 0, 1).sqrt(),
            Noise = noise,
            NetworkSigma = _levels,
        };
        return rows.Assemble((1 - v).sqrt(), v.sqrt());
    }
}
