namespace DiffuSharp.Networks;

/// <summary>Change of resolution inside a layer.</summary>
public enum Resampling
{
    /// <summary>None.</summary>
    None,

    /// <summary>Half the height and width.</summary>
    Down,

    /// <summary>Twice the height and width.</summary>
    Up,
}
