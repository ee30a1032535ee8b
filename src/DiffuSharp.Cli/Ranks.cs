using DiffuSharp.Torch.Distributed;

namespace DiffuSharp.Cli;

/// <summary>Meets the other processes where a launcher started several.</summary>
internal static class Ranks
{
    /// <summary>The group of this process; null for a process on its own.</summary>
    /// <param name="arguments">What it was asked to do, which all ranks must be alike.</param>
    /// <exception cref="DistributedException">The others do not come, or were asked for something else.</exception>
    public static ProcessGroup? Meet(IEnumerable<string> arguments)
    {
        if (RankSettings.FromEnvironment() is not { } settings)
        {
            return null;
        }

        var group = ProcessGroup.Meet(settings);
        try
        {
            group.RequireSame(string.Join('\0', arguments), "arguments");
            return group;
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }
}
