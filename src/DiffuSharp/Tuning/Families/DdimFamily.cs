using DiffuSharp.Sampling.Running;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Tuning.Families;

/// <summary>
/// DDIM with a learned η of every step (Watson et al. 2022, the family "DDIM"): η_i = sigmoid(θ_i), the noise of step i is η_i times that of
/// DDPM; see <see cref="Ddim"/>. The levels stay. Parameter <c>eta</c>: N − 1 scalars, the step to 0 has no noise.
/// </summary>
public sealed class DdimFamily : SamplerFamily
{
    /// <summary>η at the start, where none is asked for.</summary>
    public const double UsualEta = 0.1;

    private readonly Tensor _levels;
    private readonly Parameter _eta;
    private readonly int _steps;

    /// <summary>Starts with one η for all steps.</summary>
    /// <param name="levels">σ_0 … σ_N = 0.</param>
    /// <param name="eta">Initial η, inside (0, 1).</param>
    /// <exception cref="InvalidInputException">η is out of range, or the levels do not fall strictly to 0.</exception>
    public DdimFamily(NoiseLevels levels, double eta = UsualEta)
    {
        if (!(eta is > 0 and < 1))
        {
            throw new InvalidInputException($"eta is {eta:R}; a learned eta must start inside (0, 1)");
        }

        _steps = levels.Steps;
        _levels = Constant("sigma", LevelChecks.Positive(levels));
        _eta = Learned("eta", [.. Enumerable.Repeat(SigmoidLogits.Of(eta, 0), _steps - 1)]);
        using var scope = torch.NewDisposeScope();
        Layout = Vector().Layout(_steps + 1);
    }

    /// <inheritdoc/>
    public override string Name => "ddim";

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
        var vector = new CoefficientVector();
        DdimSteps.Add(vector, _levels, _eta.sigmoid());
        return vector;
    }
}
