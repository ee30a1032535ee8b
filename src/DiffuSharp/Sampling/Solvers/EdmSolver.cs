using System.ComponentModel.DataAnnotations;
using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling.Solvers;

/// <summary>The solvers of EDM's framework, with churn: Algorithm 2, or with another schedule, scaling or α Algorithms 1 and 3 of Karras et al. 2022.</summary>
public abstract record EdmSolver : Solver
{
    private static readonly Churn s_none = new();

    /// <summary>Strength of the stochasticity; 0 for none.</summary>
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double S_churn { get; init; } = s_none.S_churn;

    /// <summary>Lowest noise level with stochasticity.</summary>
    public double S_min { get; init; } = s_none.S_min;

    /// <summary>Highest noise level with stochasticity.</summary>
    [Range(double.NegativeInfinity, double.PositiveInfinity)]
    public double S_max { get; init; } = s_none.S_max;

    /// <summary>Inflation of the noise that is added.</summary>
    [Range(0, double.PositiveInfinity, MaximumIsExclusive = true)]
    public double S_noise { get; init; } = s_none.S_noise;

    /// <summary>Noise schedule σ(t) along which the ODE is solved; that of VP is refitted to the levels.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Linear;

    /// <summary>Signal scaling s(t) in which the ODE is solved.</summary>
    public ScalingKind Scaling { get; init; } = ScalingKind.None;

    /// <summary>Time at which the VP schedule reaches the lowest level.</summary>
    [Range(0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double EpsilonS { get; init; } = VPNoiseSchedule.UsualEpsilon;

    /// <summary>The stochasticity.</summary>
    public Churn Churn => new() { S_churn = S_churn, S_min = S_min, S_max = S_max, S_noise = S_noise };

    /// <summary>α of the second-order step; null for Euler's, which has none.</summary>
    internal virtual double? SecondOrder => null;

    /// <inheritdoc/>
    public override SamplerTableau Build(NoiseLevels levels)
    {
        Validate();
        return IsGeneral ? GeneralOdeSolver.Build(this, levels) : Algorithm2(levels);
    }

    private bool IsGeneral => Schedule != ScheduleKind.Linear || Scaling != ScalingKind.None || SecondOrder is not (null or 1);

    private protected override bool Shows(string option) => IsGeneral || option.StartsWith("S_", StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override void Check() => Churn.Validate();

    private SamplerTableau Algorithm2(NoiseLevels t)
    {
        var (churn, network) = (Churn, new SamplerTableauBuilder());

        var x = t[0] * network.Xi;                                                         // line 2
        for (var i = 0; i < t.Steps; i++)
        {
            var gamma = churn.Gamma(t[i], t.Steps);                                        // line 4
            var tHat = t.Round(t[i] + gamma * t[i]);                                       // line 5
            var noisy = x + churn.NoiseBetween(t[i], tHat) * network.Z;                    // line 6

            (var xHat, var denoised) = network.Evaluate(noisy, tHat);
            var d = (xHat - denoised) / tHat;                                              // line 7
            var h = t[i + 1] - tHat;
            x = xHat + h * d;                                                              // line 8
            if (SecondOrder is not null && t[i + 1] > 0)
            {
                (var xNext, var denoisedNext) = network.Evaluate(x, t[i + 1]);
                var dNext = (xNext - denoisedNext) / t[i + 1];                             // line 10
                x = xHat + h * (0.5 * d + 0.5 * dNext);                                    // line 11
            }
        }

        return network.Sample(x, t[t.Steps]);
    }
}
