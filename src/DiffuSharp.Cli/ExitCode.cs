namespace DiffuSharp.Cli;

/// <summary>What the program ends with.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>An error of the program itself.</summary>
    public const int Defect = 1;

    /// <summary>The input or the machine does not allow what was asked for; one line says why.</summary>
    public const int BadInput = 2;

    /// <summary>Another of the processes that work together was lost, or ended; its own line says why.</summary>
    public const int LostRank = 3;

    /// <summary>Ended by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
