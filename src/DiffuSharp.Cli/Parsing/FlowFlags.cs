using System.CommandLine;
using DiffuSharp.Likelihood;
using DiffuSharp.Schedules;

namespace DiffuSharp.Cli.Parsing;

/// <summary>Flags of the probability-flow ODE.</summary>
internal sealed class FlowFlags
{
    private static readonly ProbabilityFlowOptions s_default = new();

    private readonly Option<int?> _steps = Flag.OptionalInteger("--steps", "Heun with this many steps on EDM's grid, instead of RK45.", 1, 100_000);
    private readonly Option<double> _rho = Flag.Number("--rho", "Exponent of Heun's grid.", s_default.Rho);
    private readonly Option<double> _rtol = Flag.Number("--rtol", "RK45: relative tolerance, for each image.", s_default.Rtol);
    private readonly Option<double> _atol = Flag.Number("--atol", "RK45: absolute tolerance, for each image.", s_default.Atol);
    private readonly Option<double> _sigmaMin = Flag.Number("--sigma_min", "Noise level of the images.", s_default.Sigma.Min);
    private readonly Option<double> _sigmaMax = Flag.Number("--sigma_max", "Noise level of the latents.", s_default.Sigma.Max);
    private readonly Option<int> _batch = Flag.Integer("--batch", "Images that run together.", s_default.Batch, 1, 1 << 20);

    /// <summary>The flags that only the ODE has.</summary>
    public IReadOnlyList<Option> OfOde => [_steps, _rho, _rtol, _atol, _sigmaMin, _sigmaMax];

    /// <summary>Images that run together.</summary>
    public int Batch(Invocation run) => run.Get(_batch);

    /// <summary>Adds the flags, with those of the range of noise levels unless a file gives it.</summary>
    public void AddTo(Command command, bool range = true) =>
        command.AddAll([_steps, _rho, _rtol, _atol, _batch, .. range ? [_sigmaMin, _sigmaMax] : Array.Empty<Option>()]);

    /// <summary>What the flags ask for.</summary>
    /// <param name="run">The values.</param>
    /// <param name="range">The range of noise levels where no flags give it.</param>
    /// <exception cref="InvalidInputException">Flags contradict each other or are out of range.</exception>
    public ProbabilityFlowOptions Create(Invocation run, SigmaRange? range = null)
    {
        var fixedGrid = run.Has(_steps);
        if ((fixedGrid ? new Option[] { _rtol, _atol } : [_rho]).FirstOrDefault(run.Has) is { } flag)
        {
            throw new InvalidInputException($"{flag.Name}: belongs to {(fixedGrid ? "RK45; leave --steps out" : "the fixed grid; add --steps")}");
        }

        return new ProbabilityFlowOptions
        {
            Sigma = range ?? new SigmaRange(run.Get(_sigmaMin), run.Get(_sigmaMax)),
            Solver = fixedGrid ? FlowSolver.Heun : FlowSolver.DormandPrince,
            NumSteps = run.Get(_steps) ?? s_default.NumSteps,
            Rho = run.Get(_rho),
            Rtol = run.Get(_rtol),
            Atol = run.Get(_atol),
            Batch = run.Get(_batch),
        };
    }
}
