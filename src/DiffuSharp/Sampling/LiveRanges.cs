namespace DiffuSharp.Sampling;

/// <summary>
/// How long each state and denoised image of a tableau is needed, so that a run keeps no more than that. x_j comes into being
/// when row j starts, D_j when row j is evaluated.
/// </summary>
public sealed class LiveRanges
{
    private readonly List<int>[] _statesEndingAt;
    private readonly List<int>[] _denoisedEndingAt;

    /// <summary>Analyses a tableau.</summary>
    /// <param name="tableau">The tableau.</param>
    public LiveRanges(SamplerTableau tableau)
    {
        var count = tableau.Rows.Count;
        int[] lastUseOfState = [.. Enumerable.Range(0, count)];
        int[] lastUseOfDenoised = [.. Enumerable.Range(0, count)];
        for (var i = 0; i < count; i++)
        {
            foreach (var term in tableau.Rows[i].States)
            {
                lastUseOfState[term.Row] = i;
            }

            foreach (var term in tableau.Rows[i].Denoised)
            {
                lastUseOfDenoised[term.Row] = i;
            }
        }

        _statesEndingAt = GroupByEnd(lastUseOfState, count);
        _denoisedEndingAt = GroupByEnd(lastUseOfDenoised, tableau.Nfe);
    }

    /// <summary>
    /// The rows j whose x_j is used for the last time at row i (among them i itself if no later row uses x_i):
    /// these can be freed once row i has been formed and evaluated.
    /// </summary>
    /// <param name="i">Row.</param>
    public IReadOnlyList<int> StatesEndingAt(int i) => _statesEndingAt[i];

    /// <summary>
    /// The rows j whose D_j is used for the last time at row i: these can be freed once row i has been formed and evaluated.
    /// </summary>
    /// <param name="i">Row.</param>
    public IReadOnlyList<int> DenoisedEndingAt(int i) => _denoisedEndingAt[i];

    private static List<int>[] GroupByEnd(int[] lastUse, int produced)
    {
        var groups = new List<int>[lastUse.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = [];
        }

        for (var j = 0; j < produced; j++)
        {
            groups[lastUse[j]].Add(j);
        }

        return groups;
    }
}
