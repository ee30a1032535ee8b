using System.ComponentModel.DataAnnotations;
using DiffuSharp.Recipes;
using DiffuSharp.Schedules;
using static DiffuSharp.Sampling.Solvers.PhiFunction;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>
/// UniPC for data prediction, multistep (Zhao et al. 2023): predictor UniP-p in λ = −ln σ and corrector UniC-p. The corrector uses the
/// evaluation at the predicted state, which the next step needs anyway: one evaluation a step.
/// </summary>
[Recipe("unipc", Source = "Zhao et al. 2023, UniPC for data prediction")]
public sealed record UniPC : Solver
{
    /// <summary>Order p.</summary>
    [Range(1, 3)]
    public int Order { get; init; } = 3;

    /// <summary>B(h).</summary>
    public UniPCVariant Variant { get; init; } = UniPCVariant.Bh2;

    /// <summary>Lower order in the last steps, which is safer with few.</summary>
    public bool LowerOrderFinal { get; init; } = true;

    /// <summary>Whether UniC corrects the states; without it the order is one lower.</summary>
    public bool Corrector { get; init; } = true;

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        Validate();
        MultistepOrder.RequireFalling(levels);
        var network = new SamplerTableauBuilder();
        var d = new List<LinearExpression>();

        var x = levels[0] * network.Xi;
        Step? previous = null;
        for (var i = 0; i < levels.Steps; i++)
        {
            (var state, var denoised) = network.Evaluate(x, levels[i]);
            d.Add(denoised);
            var corrected = previous is { } last && Corrector ? state + last.Correction(d) : state;

            var now = MultistepOrder.At(levels, i, Order, LowerOrderFinal);
            var ratio = levels[i + 1] / levels[i];
            x = ratio * corrected + (1 - ratio) * d[i];
            if (levels[i + 1] > 0)
            {
                previous = new Step(levels, i, now, Variant);
                x += previous.Prediction(d);
            }
        }

        return network.Sample(x, levels[levels.Steps]);
    }

    // Step i from σ_i to σ_{i+1} of order p, beyond its first-order part.
    private sealed class Step
    {
        private readonly int _i;
        private readonly double[] _r;
        private readonly double[] _predictor;
        private readonly double[] _corrector;
        private readonly double _scale;

        public Step(NoiseLevels levels, int i, int order, UniPCVariant variant)
        {
            _i = i;
            var h = Math.Log(levels[i] / levels[i + 1]);
            var b = variant == UniPCVariant.Bh1 ? -h : -h * Phi(1, -h);
            _scale = -b;
            _r = [.. Enumerable.Range(1, order - 1).Select(k => -Math.Log(levels[i - k] / levels[i]) / h), 1];

            // Σ_k ρ_k r_k^(n−1) = n! (−h) φ_{n+1}(−h)/B(h); for a single unknown the paper takes ρ = ½.
            double[] moments = [.. Enumerable.Range(1, order).Select(n => Factorial(n) * -h * Phi(n + 1, -h) / b)];
            _predictor = order switch
            {
                1 => [],
                2 => [0.5],
                _ => Vandermonde.Weights(_r[..^1], moments[..^1]),
            };
            _corrector = order == 1 ? [0.5] : Vandermonde.Weights(_r, moments);
        }

        public LinearExpression Prediction(List<LinearExpression> d) => Sum(d, _predictor);

        // What UniC adds to the predicted state once D_{i+1} is known.
        public LinearExpression Correction(List<LinearExpression> d) => Sum(d, _corrector) - Sum(d, _predictor);

        // −B Σ ρ_k (D_{s_k} − D_i)/r_k, where s_k = i − k and the last node is i + 1.
        private LinearExpression Sum(List<LinearExpression> d, double[] rho)
        {
            var sum = 0 * d[_i];
            for (var k = 0; k < rho.Length; k++)
            {
                var node = k == _r.Length - 1 ? _i + 1 : _i - 1 - k;
                sum += _scale * rho[k] / _r[k] * (d[node] - d[_i]);
            }

            return sum;
        }
    }
}

/// <summary>B(h) of <see cref="UniPC"/> (Zhao et al. 2023).</summary>
public enum UniPCVariant
{
    /// <summary>B(h) = h.</summary>
    Bh1,

    /// <summary>B(h) = e^h − 1.</summary>
    Bh2,
}
