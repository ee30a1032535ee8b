namespace DiffuSharp.Torch.Distributed;

/// <summary>Processes that work together did not meet, or one of them was lost. The message is one line for the user.</summary>
/// <param name="message">One line that says which rank, what and why.</param>
/// <param name="isLoss">Whether another process was lost, rather than something being wrong with this one.</param>
public sealed class DistributedException(string message, bool isLoss = false) : Exception(message)
{
    /// <summary>Whether another process was lost: its own line says more.</summary>
    public bool IsLoss { get; } = isLoss;
}
