using DiffuSharp.Sampling.Running;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Tuning.Families;

/// <summary>
/// The members of GGDM (Watson et al. 2022) whose marginals stay those of the diffusion process, N(x_0, σ_i² I) in row i, exactly and for all
/// parameters: DDIM(η) with learned levels and η, plus weights of older denoised images that add up to 0. Parameters: <c>levels</c> N,
/// <c>history</c> N(N − 1)/2, and with noise <c>eta</c> N − 1.
/// </summary>
public sealed class MarginalPreservingFamily : SamplerFamily
{
    private readonly LearnedLevels _levels;
    private readonly Parameter _theta;
    private readonly Parameter _history;
    private readonly Parameter? _eta;
    private readonly Tensor _mixing; // [P, number of δ]
    private readonly int _rows;

    /// <summary>Starts at DDIM(η).</summary>
    /// <param name="levels">σ_0 … σ_N = 0.</param>
    /// <param name="eta">Initial η inside (0, 1); 0 for members without noise.</param>
    /// <exception cref="InvalidInputException">η is out of range, or the levels do not fall strictly to 0.</exception>
    public MarginalPreservingFamily(NoiseLevels levels, double eta = 0)
    {
        if (!(eta is >= 0 and < 1))
        {
            throw new InvalidInputException($"eta is {eta:R}; it must start inside (0, 1), or be 0 for samplers without noise");
        }

        var initial = LevelChecks.Positive(levels);
        _rows = initial.Length + 1;
        _levels = new LearnedLevels(initial);
        var places = HistoryDifferences.Places(_rows);
        _theta = Learned("levels", new double[initial.Length]);
        _history = Learned("history", new double[places.Count]);
        _eta = eta > 0 ? Learned("eta", [.. Enumerable.Repeat(SigmoidLogits.Of(eta, 0), initial.Length - 1)]) : null;

        using var scope = torch.NewDisposeScope();
        Layout = Vector().Layout(_rows);
        var mixing = new double[Layout.Coefficients.Count * places.Count];
        for (var k = 0; k < places.Count; k++)
        {
            var (i, j) = places[k];
            mixing[(Position(i, j) * places.Count) + k] = 1;
            mixing[(Position(i, i - 1) * places.Count) + k] = -1;
        }

        _mixing = torch.tensor(mixing, [Layout.Coefficients.Count, places.Count]).DetachFromDisposeScope();

        int Position(int i, int j) => Layout.PositionOf(new(CoefficientKind.Denoised, i, j))!.Value;
    }

    /// <inheritdoc/>
    public override string Name => "marginal";

    /// <inheritdoc/>
    public override TableauLayout Layout { get; }

    /// <inheritdoc/>
    public override Tensor Coefficients()
    {
        using var scope = torch.NewDisposeScope();
        return (Vector().Values() + _mixing.matmul(_history)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _mixing.Dispose();
        base.Dispose(disposing);
    }

    // DDIM's numbers, and zeros in the places of the older denoised images.
    private CoefficientVector Vector()
    {
        var vector = new CoefficientVector();
        DdimSteps.Add(vector, _levels.Logarithms(_theta).exp(), _eta?.sigmoid());
        var places = HistoryDifferences.Places(_rows);
        vector.Add(
            places.Select(p => new TableauCoefficient(CoefficientKind.Denoised, p.Row, p.Column)),
            torch.zeros([places.Count], ScalarType.Float64));
        return vector;
    }
}
