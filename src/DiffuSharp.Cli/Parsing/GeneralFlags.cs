using System.CommandLine;
using DiffuSharp.Denoising;
using DiffuSharp.Sampling;

namespace DiffuSharp.Cli.Parsing;

/// <summary>The constants that only the general sampler of EDM's framework has.</summary>
internal sealed class GeneralFlags
{
    private readonly Option<double?> _alpha = Flag.OptionalNumber("--alpha", "Second-order family of heun: 1 Heun, 0.667 Ralston, 0.5 midpoint [1].");
    private readonly Option<double?> _epsilon = Flag.OptionalNumber("--epsilon_s", "Time at which VP reaches sigma_min [0.001].");
    private readonly Option<double?> _c1 = Flag.OptionalNumber("--C_1", "Smallest ratio of neighbouring signal levels, of --disc iddpm [0.001].");
    private readonly Option<double?> _c2 = Flag.OptionalNumber("--C_2", "Offset of the cosine, of --disc iddpm [0.008].");
    private readonly Option<int?> _m = Flag.OptionalInteger("--M", "Number of levels from which --disc iddpm takes its steps [1000].", 1, 1_000_000);

    public GeneralFlags() => _epsilon.Aliases.Add("--eps_s");

    /// <summary>All flags in the order of the help.</summary>
    public IReadOnlyList<Option> All => [_alpha, _epsilon, _c1, _c2, _m];

    /// <summary>Changes what the user asked for.</summary>
    /// <param name="run">The values.</param>
    /// <param name="start">The options so far.</param>
    /// <param name="levels">The flags of the noise levels, which a constant of VP can move.</param>
    /// <param name="denoiser">The model that the levels must suit; null for any.</param>
    /// <exception cref="InvalidInputException">A flag belongs to another solver, discretisation or schedule, or is out of range.</exception>
    public GeneralSamplerOptions Apply(Invocation run, GeneralSamplerOptions start, LevelFlags levels, IDenoiser? denoiser)
    {
        run.RequireRead(start.Solver == OdeSolver.Heun, "--solver heun", _alpha);
        run.RequireRead(start.Discretization == Discretization.VP || start.Schedule == ScheduleKind.VP, "--disc vp or --schedule vp", _epsilon);
        run.RequireRead(start.Discretization == Discretization.IDDPM, "--disc iddpm", _c1, _c2, _m);
        if (run.Get(_epsilon) is { } time and not (> 0 and < 1))
        {
            throw new InvalidInputException($"{_epsilon.Name} {time:R}: must lie between 0 and 1");
        }

        var options = start with
        {
            Alpha = run.Get(_alpha) ?? start.Alpha,
            EpsilonS = run.Get(_epsilon) ?? start.EpsilonS,
            C_1 = run.Get(_c1) ?? start.C_1,
            C_2 = run.Get(_c2) ?? start.C_2,
            M = run.Get(_m) ?? start.M,
        };
        return options with { Sigma = levels.Range(run, options.DefaultRange(), denoiser) };
    }
}
