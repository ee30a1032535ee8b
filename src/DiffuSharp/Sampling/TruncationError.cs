using DiffuSharp.Denoising;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Schedules;
using DiffuSharp.Torch;

namespace DiffuSharp.Sampling;

/// <summary>
/// The error that single steps of a sampler make, against the finely resolved probability-flow ODE from the same point (Karras et al. 2022,
/// appendix D.1): x = y + σ_i n with real images y, one Euler and one Heun step to σ_{i+1}, and Heun's method in many small steps.
/// </summary>
public static class TruncationError
{
    private const double FineRho = 7;

    /// <summary>The error of each step but the last one, to 0.</summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="levels">σ_0 … σ_N.</param>
    /// <param name="clean">y [N,C,H,W].</param>
    /// <param name="noise">n, one draw for each step.</param>
    /// <param name="substeps">Small steps in each interval, at least 1.</param>
    /// <param name="condition">Labels of the images.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    /// <exception cref="InvalidInputException">There is no small step.</exception>
    public static IReadOnlyList<StepError> Measure(
        IDenoiser denoiser, NoiseLevels levels, Tensor clean, INoiseSource noise, int substeps, Condition? condition = null,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        if (substeps < 1)
        {
            throw new InvalidInputException($"substeps {substeps}: at least 1 is needed");
        }

        var errors = new List<StepError>();
        for (var i = 0; i < levels.Steps && levels[i + 1] > 0; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            var start = (clean.to(ScalarType.Float64) / levels[i]) + noise.Next();  // of unit noise, as tableaux begin
            var (from, to) = (Math.Pow(levels[i], 1 / FineRho), Math.Pow(levels[i + 1], 1 / FineRho));
            var fine = new NoiseLevels(Enumerable.Range(0, substeps + 1).Select(j => j == 0 ? levels[i]
                : j == substeps ? levels[i + 1] : Math.Pow(from + (j * (to - from) / substeps), FineRho)));
            var exact = End(fine, new Heun());
            var step = new NoiseLevels([levels[i], levels[i + 1]]);
            errors.Add(new StepError(levels[i], levels[i + 1], Error(new Euler()), Error(new Heun())));
            progress?.Report((i + 1.0) / levels.Steps);

            double Error(Solver solver) => Math.Sqrt((End(step, solver) - exact).square().mean().item<double>());

            Tensor End(NoiseLevels grid, Solver solver)
            {
                using var run = new SamplerRun(solver.Build(grid), denoiser, new Given(start), condition);
                return run.Finish(cancellation).clone();
            }
        }

        return errors;
    }

    private sealed class Given(Tensor draw) : INoiseSource
    {
        public Tensor Next() => draw.alias();
    }
}
