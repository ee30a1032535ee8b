using DiffuSharp.Data;
using DiffuSharp.Search.Noise;

namespace DiffuSharp.Search;

/// <summary>The search of one image: what was tried, what it cost and what is best so far.</summary>
public sealed class SearchedImage
{
    private readonly List<TracePoint> _trace = [];
    private readonly List<Improvement> _improvements = [];

    internal SearchedImage(long seed, long? label, SeedNoise own) => (Seed, Class, Own) = (seed, (int?)label, own);

    /// <summary>Its seed.</summary>
    public long Seed { get; }

    /// <summary>Its class; null where the model has none.</summary>
    public int? Class { get; }

    /// <summary>The noise of the seed's plain sample.</summary>
    public SeedNoise Own { get; }

    /// <summary>Network evaluations spent on it by the search.</summary>
    public long Nfe { get; private set; }

    /// <summary>Verifier calls spent on it.</summary>
    public long VerifierCalls { get; private set; }

    /// <summary>The best score so far; −∞ before the first.</summary>
    public double Best => _improvements.Count == 0 ? double.NegativeInfinity : _improvements[^1].Score;

    /// <summary>All scores in the order in which they were paid for.</summary>
    public IReadOnlyList<TracePoint> Trace => _trace;

    /// <summary>The candidates that were the best of their time, the last one being the winner.</summary>
    public IReadOnlyList<Improvement> Improvements => _improvements;

    /// <summary>The plain sample of the seed.</summary>
    public FinalImage Plain { get; internal set; } = null!;

    /// <summary>What the search leads to.</summary>
    public FinalImage Final { get; internal set; } = null!;

    internal void Charge(Outcome outcome)
    {
        Nfe += outcome.Nfe;
        VerifierCalls += outcome.Calls;
    }

    internal void Offer(double score, long nfe, byte[]? pixels, ImageShape shape, CandidateNoise? noise)
    {
        if (score > Best)
        {
            _improvements.Add(new Improvement(nfe, score, new Image(shape, pixels!), noise));
        }

        _trace.Add(new TracePoint(nfe, VerifierCalls, score, Best));
    }

    /// <summary>The best candidate within a number of network evaluations; null if there is none.</summary>
    internal Improvement? BestWithin(long nfe) => _improvements.LastOrDefault(improvement => improvement.Nfe <= nfe);
}
