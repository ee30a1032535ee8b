namespace DiffuSharp.Sampling;

/// <summary>
/// How long each state and denoised image of a tableau is needed, so that a run keeps no more than that. x_j comes into being
/// when row j starts, D_j when row j is evaluated.
/// </summary>
public sealed class LiveRanges
{
    private readonly int[] _lastUseOfState;
    private readonly int[] _lastUseOfDenoised;
    private readonly List<int>[] _statesEndingAt;
    private readonly List<int>[] _denoisedEndingAt;

    /// <summary>Analyses a tableau.</summary>
    /// <param name="tableau">The tableau.</param>
    public LiveRanges(SamplerTableau tableau)
    {
        int count = tableau.Rows.Count;
        _lastUseOfState = [.. Enumerable.Range(0, count)];
        _lastUseOfDenoised = [.. Enumerable.Range(0, count)];
        for (int i = 0; i < count; i++)
        {
            foreach (Term term in tableau.Rows[i].States)
            {
                _lastUseOfState[term.Row] = i;
            }

            foreach (Term term in tableau.Rows[i].Denoised)
            {
                _lastUseOfDenoised[term.Row] = i;
            }
        }

        _statesEndingAt = GroupByEnd(_lastUseOfState, count);
        _denoisedEndingAt = GroupByEnd(_lastUseOfDenoised, tableau.Nfe);
    }

    /// <summary>
    /// The last row whose state uses x_j; j itself if no later row does (x_j is then needed for its own evaluation only).
    /// </summary>
    /// <param name="j">Row.</param>
    public int LastUseOfState(int j) => _lastUseOfState[j];

    /// <summary>The last row whose state uses D_j; j itself if no later row does.</summary>
    /// <param name="j">An evaluated row.</param>
    public int LastUseOfDenoised(int j) => _lastUseOfDenoised[j];

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

    /// <summary>
    /// The rows j &lt; i whose x_j row i or a later row uses: with <see cref="DenoisedNeededFrom"/>, what a run that starts at
    /// row i needs.
    /// </summary>
    /// <param name="i">Row.</param>
    public IReadOnlyList<int> StatesNeededFrom(int i) => [.. Enumerable.Range(0, i).Where(j => _lastUseOfState[j] >= i)];

    /// <summary>The rows j &lt; i whose D_j row i or a later row uses.</summary>
    /// <param name="i">Row.</param>
    public IReadOnlyList<int> DenoisedNeededFrom(int i) => [.. Enumerable.Range(0, i).Where(j => _lastUseOfDenoised[j] >= i)];

    private static List<int>[] GroupByEnd(int[] lastUse, int produced)
    {
        var groups = new List<int>[lastUse.Length];
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = [];
        }

        for (int j = 0; j < produced; j++)
        {
            groups[lastUse[j]].Add(j);
        }

        return groups;
    }
}
