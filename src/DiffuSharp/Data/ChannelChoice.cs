namespace DiffuSharp.Data;

/// <summary>Channels of a converted data set.</summary>
public enum ChannelChoice
{
    /// <summary>Grey stays grey and RGB stays RGB; a mixture is refused.</summary>
    Keep,

    /// <summary>Everything becomes grey (BT.601 luma).</summary>
    Grey,

    /// <summary>Everything becomes RGB (grey is repeated).</summary>
    Rgb,
}
