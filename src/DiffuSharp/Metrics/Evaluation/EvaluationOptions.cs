namespace DiffuSharp.Metrics.Evaluation;

/// <summary>What is measured and how.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Resamples where <see cref="Bootstrap"/> leaves their number open.</summary>
    public const int UsualResamples = 20;

    /// <summary>Most features for which a resample is cheap.</summary>
    public const int CheapDimension = 512;

    /// <summary>The metrics, in the order in which they are given back.</summary>
    public required IReadOnlyList<MetricKind> Metrics { get; init; }

    /// <summary>Seed of subsets, orders and resamples.</summary>
    public ulong Seed { get; init; }

    /// <summary>Subsets of the kernel distance.</summary>
    public int KidSubsets { get; init; } = 100;

    /// <summary>Images of each set in a subset.</summary>
    public int KidSubsetSize { get; init; } = 1000;

    /// <summary>Splits of the inception score.</summary>
    public int InceptionSplits { get; init; } = 10;

    /// <summary>
    /// Resamples for the standard error of the Frechet distance, 0 for none; with any, its dependence on N is fitted too. Null:
    /// <see cref="UsualResamples"/> up to <see cref="CheapDimension"/> features, none above, where each costs seconds.
    /// </summary>
    public int? Bootstrap { get; init; }

    /// <summary>Resamples at a number of features.</summary>
    public int Resamples(int dimension) => Bootstrap ?? (dimension <= CheapDimension ? UsualResamples : 0);

    /// <summary>Checks the options.</summary>
    /// <exception cref="InvalidInputException">One line that names the option.</exception>
    public void Validate()
    {
        if (Metrics.Count == 0)
        {
            throw new InvalidInputException("metrics: none named");
        }

        if (Bootstrap is < 0 or 1)
        {
            throw new InvalidInputException($"bootstrap {Bootstrap}: use 0 for none or at least 2 resamples");
        }
    }
}
