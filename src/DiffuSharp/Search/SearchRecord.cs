using DiffuSharp.Denoising;

namespace DiffuSharp.Search;

/// <summary>
/// The units of a search in order, each computed once: those of the journal are read, the others are run, measured and written. What a unit decides
/// depends on the seeds and on the units before it only, so reading and computing give the same search.
/// </summary>
internal sealed class SearchRecord(IDenoiser denoiser, Scorer scorer, ISearchJournal? journal, TimeProvider clock)
{
    private int _units;

    /// <summary>Time of all units so far, those of earlier processes included.</summary>
    public double Seconds { get; private set; }

    /// <summary>The next unit.</summary>
    /// <param name="work">Computes its outcomes.</param>
    /// <param name="total">The cost of its kind, to which it is added.</param>
    public SearchUnit Next(Func<IReadOnlyList<Outcome>> work, ref SearchCost total)
    {
        var number = _units++;
        var unit = journal?.Read(number);
        if (unit is null)
        {
            unit = Measure(work);
            journal?.Write(number, unit);
        }

        Seconds += unit.Cost.Seconds;
        total += unit.Cost;
        return unit;
    }

    private SearchUnit Measure(Func<IReadOnlyList<Outcome>> work)
    {
        var start = clock.GetTimestamp();
        var (evaluations, inVerifier) = (denoiser.Evaluations, scorer.Seconds);
        var outcomes = work();
        return new SearchUnit(outcomes, new SearchCost(
            outcomes.Sum(outcome => outcome.Nfe),
            denoiser.Evaluations - evaluations,
            outcomes.Sum(outcome => outcome.Calls),
            clock.GetElapsedTime(start).TotalSeconds,
            scorer.Seconds - inVerifier));
    }
}
