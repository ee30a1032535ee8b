namespace DiffuSharp.Torch.Distributed;

/// <summary>How the values of the ranks become one.</summary>
public enum ReduceOperation
{
    /// <summary>Their sum.</summary>
    Sum = 0,

    /// <summary>The largest.</summary>
    Max = 1,
}
