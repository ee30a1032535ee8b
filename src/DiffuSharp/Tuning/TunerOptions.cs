namespace DiffuSharp.Tuning;

/// <summary>How a sampler is learned.</summary>
public sealed record TunerOptions
{
    private const int HighestSeed = 255;
    private const long ImagesOfSeed = 1L << 22;
    private const long Tuned = 1L << 31;
    private const long HeldOut = Tuned + ((HighestSeed + 1) * ImagesOfSeed);

    /// <summary>Which latents are tuned on, from 0 to 255: the images from 2³¹ + 2²² Seed on. The held-out ones are the same for all.</summary>
    public int Seed { get; init; }

    /// <summary>The seed of the first image that is tuned on.</summary>
    public long FirstSeed => Tuned + (Seed * ImagesOfSeed);

    /// <summary>The seed of the first held-out image.</summary>
    public static long FirstHeldOutSeed => HeldOut;

    /// <summary>Steps of Adam.</summary>
    public int Iterations { get; init; } = 200;

    /// <summary>Images of a step.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>Images through the network at once; it changes memory and speed, not the result but for float rounding.</summary>
    public int MicroBatch { get; init; } = 64;

    /// <summary>Step size of Adam.</summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>Let the step size fall to 0 along half a cosine; otherwise it stays.</summary>
    public bool Cosine { get; init; } = true;

    /// <summary>Latents that are used again and again, the first ones; 0 for fresh ones in every step.</summary>
    public int Pool { get; init; }

    /// <summary>Held-out images, at least 2.</summary>
    public int ValidationImages { get; init; } = 512;

    /// <summary>Steps between two validations.</summary>
    public int ValidationInterval { get; init; } = 20;

    /// <summary>Validations without a new best after which it stops; 0 for never.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>Steps between two checkpoints; there is one at the end and when it is cancelled too.</summary>
    public int CheckpointInterval { get; init; } = 10;

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate()
    {
        Require(Seed is >= 0 and <= HighestSeed, $"seed {Seed}: must lie between 0 and {HighestSeed}");
        Require(Iterations >= 1, $"iterations {Iterations}: at least 1 is needed");
        Require(Batch >= 1 && MicroBatch >= 1, $"batch {Batch} and micro-batch {MicroBatch}: both must be at least 1");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), $"lr {LearningRate:R}: must be positive");
        Require(Pool == 0 || Pool >= Batch, $"pool {Pool}: must hold at least one batch of {Batch}");
        Require(ValidationImages >= 2, $"validation images {ValidationImages}: at least 2 are needed");
        Require(ValidationInterval >= 1 && CheckpointInterval >= 1, "the intervals of validation and checkpoint must be at least 1");
        Require(Patience >= 0, $"patience {Patience}: must not be negative");
    }

    /// <summary>The step size of a step, from 0.</summary>
    public double LearningRateAt(int iteration) =>
        Cosine ? LearningRate * 0.5 * (1 + Math.Cos(Math.PI * iteration / Iterations)) : LearningRate;

    /// <summary>The seeds of a step, from 0.</summary>
    public long[] Seeds(int iteration) => [.. Enumerable.Range(0, Batch).Select(k =>
    {
        var position = ((long)iteration * Batch) + k;
        return FirstSeed + (Pool > 0 ? position % Pool : position % ImagesOfSeed);
    })];

    /// <summary>The held-out seeds.</summary>
    public long[] HeldOutSeeds() => [.. Enumerable.Range(0, ValidationImages).Select(k => HeldOut + k)];

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidInputException(message);
        }
    }
}
