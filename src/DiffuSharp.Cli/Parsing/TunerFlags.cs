using System.CommandLine;
using DiffuSharp.Tuning;

namespace DiffuSharp.Cli.Parsing;

/// <summary>How long and how fast <c>tune</c> learns.</summary>
internal sealed class TunerFlags
{
    private static readonly TunerOptions s_usual = new();

    private readonly Option<int> _iterations = Flag.Integer("--iterations", "Steps of Adam.", s_usual.Iterations, 1, 10_000_000);
    private readonly Option<int> _batch = Flag.Integer("--batch", "Images of a step.", s_usual.Batch, 1, 1 << 20);
    private readonly Option<int> _microBatch = Flag.Integer("--micro-batch", "Images through the network at once.", s_usual.MicroBatch, 1, 1 << 20);
    private readonly Option<double> _lr = Flag.Number("--lr", "Step size of Adam.", s_usual.LearningRate);
    private readonly Option<string> _schedule = Flag.Choice("--lr-schedule", "Course of the step size.", "cosine", "cosine", "constant");
    private readonly Option<int> _seed = Flag.Integer("--seed", "Which latents are tuned on.", s_usual.Seed, 0, 255);
    private readonly Option<int> _interval = Flag.Integer("--val-interval", "Steps between two validations.", s_usual.ValidationInterval, 1, 1_000_000);
    private readonly Option<int> _patience = Flag.Integer("--patience", "Validations without a new best before it stops; 0 for never.", s_usual.Patience, 0, 1_000_000);

    /// <summary>All flags in the order of the help.</summary>
    public IEnumerable<Option> All => [_iterations, _batch, _microBatch, _lr, _schedule, _seed, _interval, _patience];

    /// <summary>What the flags ask for.</summary>
    /// <param name="run">The values.</param>
    /// <param name="heldout">Number of held-out latents.</param>
    /// <param name="pool">Latents that are used again and again; 0 for fresh ones.</param>
    /// <exception cref="InvalidInputException">A flag is out of range.</exception>
    public TunerOptions Create(Invocation run, int heldout, int pool)
    {
        var options = new TunerOptions
        {
            Iterations = run.Get(_iterations),
            Batch = run.Get(_batch),
            MicroBatch = run.Get(_microBatch),
            LearningRate = run.Get(_lr),
            Cosine = run.Get(_schedule) == "cosine",
            Seed = run.Get(_seed),
            Pool = pool,
            ValidationImages = heldout,
            ValidationInterval = run.Get(_interval),
            Patience = run.Get(_patience),
        };
        options.Validate();
        return options;
    }
}
