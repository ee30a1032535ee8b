using DiffuSharp.Schedules;

namespace DiffuSharp.Sampling;

/// <summary>Options of <see cref="GeneralSampler"/>; the defaults are those of EDM (Karras et al. 2022, Table 1).</summary>
public sealed record GeneralSamplerOptions
{
    /// <summary>N, the number of steps, at least 1.</summary>
    public int NumSteps { get; init; } = 18;

    /// <summary>σ_min and σ_max; by default <see cref="DefaultRange"/> of the discretisation.</summary>
    public SigmaRange? Sigma { get; init; }

    /// <summary>ρ of the EDM discretisation.</summary>
    public double Rho { get; init; } = 7;

    /// <summary>The step of the solver.</summary>
    public OdeSolver Solver { get; init; } = OdeSolver.Heun;

    /// <summary>Where the noise levels lie.</summary>
    public Discretization Discretization { get; init; } = Discretization.EDM;

    /// <summary>σ(t).</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Linear;

    /// <summary>s(t).</summary>
    public ScalingKind Scaling { get; init; } = ScalingKind.None;

    /// <summary>ε_s, the time at which the VP process reaches σ_min.</summary>
    public double EpsilonS { get; init; } = 1e-3;

    /// <summary>C_1 of the iDDPM discretisation.</summary>
    public double C_1 { get; init; } = 0.001;

    /// <summary>C_2 of the iDDPM discretisation.</summary>
    public double C_2 { get; init; } = 0.008;

    /// <summary>M of the iDDPM discretisation.</summary>
    public int M { get; init; } = 1000;

    /// <summary>α of the second-order family, greater than 0: 1 Heun, ⅔ Ralston, ½ midpoint.</summary>
    public double Alpha { get; init; } = 1;

    /// <summary>Stochasticity; none by default.</summary>
    public Churn Churn { get; init; } = new();

    /// <summary>
    /// The range on which the original sampler of a discretisation runs: VP σ(ε_s) … σ(1), VE 0.02 … 100, iDDPM 0.002 … 81, EDM
    /// 0.002 … 80.
    /// </summary>
    /// <exception cref="InvalidInputException">ε_s is out of range.</exception>
    public SigmaRange DefaultRange()
    {
        var vp = new VPNoiseSchedule();
        return Discretization switch
        {
            Discretization.VP => new SigmaRange(vp.Sigma(EpsilonS), vp.Sigma(1)),
            Discretization.VE => new SigmaRange(0.02, 100),
            Discretization.IDDPM => new SigmaRange(0.002, 81),
            _ => new SigmaRange(0.002, 80),
        };
    }

    /// <summary>The noise levels of the discretisation on <see cref="Sigma"/>.</summary>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public NoiseLevels CreateLevels()
    {
        var range = Sigma ?? DefaultRange();
        return Discretization switch
        {
            Discretization.VP => NoiseLevels.VP(NumSteps, range, EpsilonS),
            Discretization.VE => NoiseLevels.VE(NumSteps, range),
            Discretization.IDDPM => NoiseLevels.IDDPM(NumSteps, range, new IddpmLevels(M, C_1, C_2)),
            _ => NoiseLevels.EDM(NumSteps, range, Rho),
        };
    }

    /// <summary>σ(t), the VP schedule refitted to <see cref="Sigma"/>.</summary>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public NoiseSchedule CreateSchedule() => Schedule switch
    {
        ScheduleKind.VP => VPNoiseSchedule.Refit(Sigma ?? DefaultRange(), EpsilonS),
        ScheduleKind.VE => new VENoiseSchedule(),
        _ => new LinearNoiseSchedule(),
    };

    /// <summary>s(t).</summary>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public Scaling CreateScaling() => Scaling == ScalingKind.VP ? new VPScaling(CreateSchedule()) : new NoScaling();

    /// <summary>Checks what the schedules do not check themselves.</summary>
    /// <exception cref="InvalidInputException">An option is out of range.</exception>
    public void Validate()
    {
        if (!(Alpha > 0 && double.IsFinite(Alpha)))
        {
            throw new InvalidInputException($"alpha is {Alpha:R}; it must be positive (1 Heun, 2/3 Ralston, 1/2 midpoint).");
        }

        Churn.Validate();
    }

    /// <summary>The options under their command line names, as a sampler file keeps them.</summary>
    /// <exception cref="InvalidInputException">ε_s is out of range.</exception>
    public SamplerMetadata Describe()
    {
        var range = Sigma ?? DefaultRange();
        return new(
            "general",
            [
                new("steps", $"{NumSteps}"),
                new("sigma_min", $"{range.Min:R}"),
                new("sigma_max", $"{range.Max:R}"),
                new("rho", $"{Rho:R}"),
                new("solver", Name(Solver)),
                new("disc", Name(Discretization)),
                new("schedule", Name(Schedule)),
                new("scaling", Name(Scaling)),
                new("epsilon_s", $"{EpsilonS:R}"),
                new("C_1", $"{C_1:R}"),
                new("C_2", $"{C_2:R}"),
                new("M", $"{M}"),
                new("alpha", $"{Alpha:R}"),
                .. Churn.Describe(),
            ],
            "Karras et al. 2022, Algorithms 1 to 3");

        static string Name<T>(T value)
            where T : struct, Enum => value.ToString().ToLowerInvariant();
    }
}
