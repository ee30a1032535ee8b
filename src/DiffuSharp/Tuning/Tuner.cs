using System.Diagnostics;
using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Running;
using DiffuSharp.Torch;
using DiffuSharp.Tuning.Families;
using DiffuSharp.Tuning.Losses;
using DiffuSharp.Tuning.Validation;

namespace DiffuSharp.Tuning;

/// <summary>
/// Differentiable diffusion sampler search (Watson et al. 2022): Adam on the parameters of a sampler family through a loss of the samples, the
/// model frozen. The gradient of a step is that of the whole batch, whatever the micro-batches. The result is the member with the best
/// validation metric on held-out latents. All draws are functions of seeds, so a run goes on exactly from its state.
/// </summary>
public sealed class Tuner
{
    private readonly SamplerFamily _family;
    private readonly IDenoiser _denoiser;
    private readonly ISampleLoss _loss;
    private readonly IValidationMetric _validation;
    private readonly TunerOptions _options;

    /// <summary>Prepares a run.</summary>
    /// <param name="family">Where it starts and what is free; it is changed by the run.</param>
    /// <param name="denoiser">The model, differentiable in x and σ.</param>
    /// <param name="loss">What is made small.</param>
    /// <param name="validation">What decides which member is kept.</param>
    /// <param name="options">Steps, batch, step size.</param>
    /// <exception cref="InvalidInputException">An option is out of range, or nothing is free.</exception>
    public Tuner(SamplerFamily family, IDenoiser denoiser, ISampleLoss loss, IValidationMetric validation, TunerOptions options)
    {
        options.Validate();
        if (family.FreeScalars == 0)
        {
            throw new InvalidInputException($"nothing to learn: the family {family.Name} has no free parameter here");
        }

        (_family, _denoiser, _loss, _validation, _options) = (family, denoiser, loss, validation, options);
    }

    /// <summary>A file for the state, written every few steps and when the run ends or is cancelled; null for none.</summary>
    public string? StateFile { get; init; }

    /// <summary>What identifies the run in its state file: model, loss and so on, in words.</summary>
    public string Description { get; init; } = "";

    /// <summary>Runs to the end.</summary>
    /// <param name="resume">Go on from the state file.</param>
    /// <param name="progress">Told after every step and validation.</param>
    /// <param name="cancellation">Looked at before each row of a sampler; the state of the last whole step is saved.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="NonFiniteException">The loss or its gradient is not finite.</exception>
    /// <exception cref="InvalidInputException">The state is of another run.</exception>
    public TuningResult Run(bool resume = false, IProgress<TuningProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var scope = torch.NewDisposeScope();
        using var state = new TuningState(_family, _options.LearningRate);
        var run = $"{Description}; {_family.Name}, {_loss.Identity}, {_validation.Identity}, {_options}";
        if (resume)
        {
            TuningStateFile.Load(StateFile ?? throw new InvalidInputException("there is no state file to go on from"), state, run);
        }

        var clock = Stopwatch.StartNew();
        var first = state.Iteration;
        try
        {
            while (!IsOver(state))
            {
                var point = Step(state, cancellation);
                progress?.Report(Progress(state, point, clock.Elapsed / Math.Max(1, state.Iteration - first)));
                if (state.Iteration % _options.CheckpointInterval == 0)
                {
                    Save(state, run);
                }
            }

            if (state.History[^1].Loss is not null)
            {
                var last = new TuningPoint(state.Iteration, null, [], Measure(state, cancellation));
                Keep(state, last);
                progress?.Report(Progress(state, last, TimeSpan.Zero));
            }
        }
        finally
        {
            Save(state, run);
        }

        state.RestoreBest();
        var outcome = state.Iteration < _options.Iterations ? TuningOutcome.StoppedEarly : TuningOutcome.Completed;
        return new TuningResult(outcome, _family.Freeze(), state.BestIteration, Best(state), Initial(state), [.. state.History]);
    }

    private TuningPoint Step(TuningState state, CancellationToken cancellation)
    {
        using var scope = torch.NewDisposeScope();
        var due = state.Iteration % _options.ValidationInterval == 0;
        double? validation = due ? Measure(state, cancellation) : null;
        var coefficients = _family.Coefficients();
        var (result, gradient) = Differentiate(coefficients.detach().ToArray<double>(), _options.Seeds(state.Iteration), cancellation);
        coefficients.backward(gradient);
        if (!double.IsFinite(result.Value) || !_family.parameters().All(p => p.grad is null || p.grad.isfinite().all().item<bool>()))
        {
            _family.zero_grad();
            throw new NonFiniteException(
                $"step {state.Iteration}: the loss or its gradient is not finite; use a smaller --lr or other noise levels", module: "");
        }

        var point = new TuningPoint(state.Iteration, result.Value, result.Parts, validation);
        Keep(state, point);
        state.Adam.LearningRate = _options.LearningRateAt(state.Iteration);
        state.Adam.step();
        _family.zero_grad();
        state.Iteration++;
        return point;
    }

    // All samples first, then the loss of all, then one micro-batch after the other backwards.
    private (SampleLossResult Result, Tensor Gradient) Differentiate(double[] values, long[] seeds, CancellationToken cancellation)
    {
        using var scope = torch.NewDisposeScope();
        var parts = new List<(SeededDraws Draws, RematerializedRun Run)>();
        try
        {
            var samples = new List<Tensor>();
            foreach (var chunk in seeds.Chunk(_options.MicroBatch))
            {
                var draws = new SeededDraws(_denoiser, chunk);
                var run = new RematerializedRun(_family.Layout, values, _denoiser, draws, draws.Condition);
                parts.Add((draws, run));
                samples.Add(run.Forward(cancellation));
            }

            var result = _loss.Evaluate(new SampleBatch(seeds, torch.cat([.. samples]), _options.MicroBatch), cancellation);
            var gradient = torch.zeros([values.Length], ScalarType.Float64);
            foreach (var ((_, run), cotangent) in parts.Zip(result.Gradient.split(_options.MicroBatch)))
            {
                gradient.add_(run.Backward(cotangent, cancellation).Coefficients);
            }

            return (result, gradient.MoveToOuterDisposeScope());
        }
        finally
        {
            foreach (var (draws, run) in parts)
            {
                run.Dispose();
                draws.Dispose();
            }
        }
    }

    private double Measure(TuningState state, CancellationToken cancellation)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var tableau = state.Family.Freeze();
        var seeds = _options.HeldOutSeeds();
        var samples = new List<Tensor>();
        foreach (var chunk in seeds.Chunk(_options.MicroBatch))
        {
            using var draws = new SeededDraws(_denoiser, chunk);
            using var run = new SamplerRun(tableau, _denoiser, draws, draws.Condition);
            samples.Add(run.Finish(cancellation));
        }

        return _validation.Measure(new SampleBatch(seeds, torch.cat([.. samples]), _options.MicroBatch), cancellation);
    }

    private static void Keep(TuningState state, TuningPoint point)
    {
        var better = point.Validation is { } value && double.IsFinite(value) && !(value >= Best(state));
        state.History.Add(point);
        if (better)
        {
            state.MarkBest();
        }
    }

    private bool IsOver(TuningState state)
    {
        var since = state.History.Count(point => point.Validation is not null && point.Iteration > state.BestIteration);
        return state.Iteration >= _options.Iterations || (_options.Patience > 0 && since >= _options.Patience);
    }

    // NaN as long as no measurement was finite.
    private static double Best(TuningState state) =>
        state.History.Select(p => p.Validation ?? double.NaN).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min();

    private static double Initial(TuningState state) => state.History[0].Validation!.Value;

    private TuningProgress Progress(TuningState state, TuningPoint point, TimeSpan perStep) =>
        new(point, _options.Iterations, Initial(state), Best(state), perStep * (_options.Iterations - state.Iteration));

    private void Save(TuningState state, string run)
    {
        if (StateFile is not null && state.History.Count > 0)
        {
            TuningStateFile.Save(StateFile, state, run);
        }
    }
}
