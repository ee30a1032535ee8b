using DiffuSharp.Denoising;
using DiffuSharp.Recipes;
using DiffuSharp.Sampling.Levels;
using DiffuSharp.Sampling.Solvers;

namespace DiffuSharp.Sampling;

/// <summary>A sampler as a choice: a solver on time steps, or a sampler file as it is. For a model it becomes a tableau. An immutable value.</summary>
public sealed class Sampler
{
    private readonly SamplerFile? _file;

    /// <summary>A solver on time steps.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="steps">N, at least 1; with Heun each but the last costs two network evaluations.</param>
    /// <param name="timeSteps">Where the noise levels lie; by default those of EDM.</param>
    /// <exception cref="InvalidInputException">A number is out of range.</exception>
    public Sampler(Solver solver, int steps, TimeSteps? timeSteps = null)
    {
        (Solver, TimeSteps) = (RecipeText.Checked(solver), RecipeText.Checked(timeSteps ?? new EdmSteps()));
        Steps = TimeSteps.FixedSteps ?? steps;
        if (Steps < 1)
        {
            throw new InvalidInputException($"steps {Steps}: at least 1 is needed");
        }
    }

    private Sampler(SamplerFile file) => _file = file;

    /// <summary>The solver; null for a file.</summary>
    public Solver? Solver { get; }

    /// <summary>Where the noise levels lie; null for a file.</summary>
    public TimeSteps? TimeSteps { get; }

    /// <summary>N; 0 for a file.</summary>
    public int Steps { get; }

    /// <summary>Whether a model of discrete time is to be given real-valued times, as the sampler was learned.</summary>
    public bool HasRealTimes => _file?.Metadata.HasRealTimes ?? false;

    /// <summary>A solver with the number of steps that costs a number of network evaluations.</summary>
    /// <exception cref="InvalidInputException">The solver cannot cost exactly that.</exception>
    public static Sampler OfCost(Solver solver, int nfe, TimeSteps? timeSteps = null)
    {
        var sampler = new Sampler(solver, Math.Max(1, solver.StepsFor(nfe)), timeSteps);
        return sampler.Build().Tableau.Nfe is var cost && cost == nfe
            ? sampler
            : throw new InvalidInputException($"nfe {nfe}: {solver.Describe().Solver} cannot use exactly {nfe} evaluations; it would use {cost}");
    }

    /// <summary>Reads a sampler file.</summary>
    /// <exception cref="InvalidDataException">The file is not a valid sampler file.</exception>
    public static Sampler Load(string path) => new(SamplerFile.Load(path));

    /// <summary>A sampler that is known already.</summary>
    public static implicit operator Sampler(SamplerFile file) => new(file);

    /// <summary>The tableau for a model, and what it says of itself.</summary>
    /// <param name="model">The model; null for any.</param>
    /// <exception cref="InvalidInputException">The options do not suit the model.</exception>
    public SamplerFile Build(IDenoiser? model = null)
    {
        if (_file is not null)
        {
            return _file;
        }

        var levels = TimeSteps!.Create(Steps, model);
        var tableau = TimeSteps.StartsAtUnitVariance ? Solver!.BuildFromUnitVariance(levels) : Solver!.Build(levels);
        return new SamplerFile(tableau, Solver.Describe(TimeSteps.Describe(Steps, model)));
    }

    /// <summary>What it is, in one line.</summary>
    public override string ToString() => _file is { Metadata: var known } ? $"{known.Solver} ({known.ShownOptions})" : $"{Solver}, {Steps} steps, {TimeSteps}";
}
