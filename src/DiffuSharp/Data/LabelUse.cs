namespace DiffuSharp.Data;

/// <summary>What to do about a data set's labels.</summary>
public enum LabelUse
{
    /// <summary>Take labels where there are any.</summary>
    IfPresent,

    /// <summary>As if there were none (unconditional training).</summary>
    Ignored,

    /// <summary>Refuse a data set without labels (conditional training).</summary>
    Required,
}
