using System.Diagnostics;

namespace DiffuSharp.Cli.Launching;

/// <summary>
/// Starts ranks on this machine with the variables of torchrun and waits for all. When one fails, the others are asked to save and end, and killed if they
/// do not.
/// </summary>
internal sealed class RankLauncher(TimeSpan grace)
{
    private const int Terminated = 128 + (int)Signal.Terminate; // the signal came when the rank was ending already

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    // A rank that fails takes others with it at once; then it is told which was the first.
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(300);

    /// <summary>Runs the ranks.</summary>
    /// <param name="count">How many.</param>
    /// <param name="start">Makes what is started for a rank.</param>
    /// <param name="cancellation">Ends all.</param>
    /// <returns>The exit code, and one line on the rank that failed first; empty if none did, or it said so itself.</returns>
    public (int ExitCode, string Line) Run(int count, Func<int, ProcessStartInfo> start, CancellationToken cancellation)
    {
        var ranks = new List<LaunchedRank>();
        try
        {
            for (var rank = 0; rank < count; rank++)
            {
                ranks.Add(new LaunchedRank(rank, start(rank)));
            }

            Wait(ranks, cancellation);
            if (ranks.TrueForAll(rank => rank.ExitCode == 0))
            {
                return (ExitCode.Success, "");
            }

            if (cancellation.IsCancellationRequested)
            {
                return (ExitCode.Interrupted, "");
            }

            var cause = Cause(ranks.Where(rank => rank.ExitCode != 0));
            var words = cause.Describe();
            return (cause.ExitCode, words.Length == 0 ? "" : $"rank {cause.Rank} of {count}: {words}");
        }
        finally
        {
            ranks.ForEach(rank => rank.Dispose());
        }
    }

    private void Wait(List<LaunchedRank> ranks, CancellationToken cancellation)
    {
        Stopwatch? ending = null;
        while (ranks.Exists(rank => !rank.HasEnded))
        {
            Thread.Sleep(s_pause);
            if (ending is null && (cancellation.IsCancellationRequested || ranks.Exists(rank => rank.HasEnded && rank.ExitCode != 0)))
            {
                ending = Stopwatch.StartNew();
                if (!cancellation.IsCancellationRequested)
                {
                    Thread.Sleep(s_moment);
                }

                ranks.ForEach(rank => rank.Send(Signal.Terminate));
            }

            if (ending?.Elapsed > grace)
            {
                ranks.ForEach(rank => rank.Send(Signal.Kill));
            }
        }
    }

    // Not one that only lost another, or was told to end, if there is one that has more to say; the first rank has said it already.
    private static LaunchedRank Cause(IEnumerable<LaunchedRank> failed) => failed
        .OrderBy(rank => rank.ExitCode is ExitCode.LostRank or ExitCode.Interrupted or Terminated).ThenBy(rank => rank.Rank > 0).ThenBy(rank => rank.ExitTime).First();
}
