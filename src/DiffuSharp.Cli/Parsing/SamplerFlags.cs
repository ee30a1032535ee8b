using System.CommandLine;
using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Schedules;

namespace DiffuSharp.Cli.Parsing;

/// <summary>EDM's sampler flags, and the sampler that they ask for.</summary>
internal sealed class SamplerFlags
{
    private readonly Option<int> _steps = Flag.Integer("--steps", "Steps; with Heun each but the last costs 2 NFE.", 18, 2, 100_000);
    private readonly Option<double?> _sigmaMin = Flag.OptionalNumber("--sigma_min", "Lowest noise level [0.002 for edm].");
    private readonly Option<double?> _sigmaMax = Flag.OptionalNumber("--sigma_max", "Highest noise level [80 for edm].");
    private readonly Option<double> _rho = Flag.Number("--rho", "Time step exponent.", 7);
    private readonly Option<double> _churn = Flag.Number("--S_churn", "Stochasticity strength.", 0);
    private readonly Option<double> _churnMin = Flag.Number("--S_min", "Lowest noise level with stochasticity.", 0);
    private readonly Option<double> _churnMax = Flag.Number("--S_max", "Highest noise level with stochasticity.", double.PositiveInfinity);
    private readonly Option<double> _churnNoise = Flag.Number("--S_noise", "Noise inflation.", 1);
    private readonly Option<string> _solver = Flag.Choice("--solver", "ODE solver.", "heun", "euler", "heun");
    private readonly Option<string> _disc = Flag.Choice("--disc", "Time steps.", "edm", "vp", "ve", "iddpm", "edm");
    private readonly Option<string> _schedule = Flag.Choice("--schedule", "Noise schedule sigma(t).", "linear", "vp", "ve", "linear");
    private readonly Option<string> _scaling = Flag.Choice("--scaling", "Signal scaling s(t).", "none", "vp", "none");

    private IReadOnlyList<Option> All =>
        [_steps, _sigmaMin, _sigmaMax, _rho, _solver, _disc, _schedule, _scaling, _churn, _churnMin, _churnMax, _churnNoise];

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Add(option);
        }
    }

    /// <summary>The sampler of a file, or the one that the flags describe.</summary>
    /// <param name="run">The values.</param>
    /// <param name="file">A sampler file; null for the flags.</param>
    /// <param name="denoiser">The model that it must suit; null for any.</param>
    /// <exception cref="InvalidInputException">Flags contradict each other or are out of range.</exception>
    /// <exception cref="InvalidDataException">The file is broken.</exception>
    public SamplerFile Create(Invocation run, string? file, IDenoiser? denoiser = null)
    {
        if (file is null)
        {
            return FromFlags(run, denoiser);
        }

        return All.FirstOrDefault(run.Has) is { } flag
            ? throw new InvalidInputException($"{flag.Name} and {file}: the file says everything about the sampler; give one of the two")
            : SamplerFile.Load(file);
    }

    // As in EDM, only the time steps, schedule and scaling of earlier work need the general sampler.
    private SamplerFile FromFlags(Invocation run, IDenoiser? denoiser)
    {
        var churn = new Churn
        {
            S_churn = run.Get(_churn), S_min = run.Get(_churnMin), S_max = run.Get(_churnMax), S_noise = run.Get(_churnNoise),
        };
        Func<double, double>? round = denoiser is null ? null : denoiser.RoundSigma;
        if (new Option[] { _disc, _schedule, _scaling }.Any(run.Has))
        {
            var general = new GeneralSamplerOptions
            {
                NumSteps = run.Get(_steps),
                Rho = run.Get(_rho),
                Solver = Word<OdeSolver>(run, _solver),
                Discretization = Word<Discretization>(run, _disc),
                Schedule = Word<ScheduleKind>(run, _schedule),
                Scaling = Word<ScalingKind>(run, _scaling),
                Churn = churn,
            };
            general = general with { Sigma = Range(run, general.DefaultRange(), denoiser) };
            return new SamplerFile(GeneralSampler.Create(general, round), general.Describe());
        }

        var options = new EdmSamplerOptions
        {
            NumSteps = run.Get(_steps),
            Sigma = Range(run, new EdmSamplerOptions().Sigma, denoiser),
            Rho = run.Get(_rho),
            Solver = Word<OdeSolver>(run, _solver),
            Churn = churn,
        };
        return new SamplerFile(EdmSampler.Create(options, round), options.Describe());
    }

    private SigmaRange Range(Invocation run, SigmaRange usual, IDenoiser? denoiser)
    {
        var wanted = new SigmaRange(run.Get(_sigmaMin) ?? usual.Min, run.Get(_sigmaMax) ?? usual.Max);
        return denoiser is null
            ? wanted
            : new SigmaRange(Math.Max(wanted.Min, denoiser.SigmaMin), Math.Min(wanted.Max, denoiser.SigmaMax));
    }

    private static T Word<T>(Invocation run, Option<string> option)
        where T : struct, Enum => Enum.Parse<T>(run.Get(option)!, ignoreCase: true);
}
