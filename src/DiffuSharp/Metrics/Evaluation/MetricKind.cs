namespace DiffuSharp.Metrics.Evaluation;

/// <summary>What can be measured; named on the command line by the words in brackets.</summary>
public enum MetricKind
{
    /// <summary>Frechet distance (fid).</summary>
    Frechet,

    /// <summary>Kernel distance (kid).</summary>
    Kernel,

    /// <summary>Inception score (is).</summary>
    InceptionScore,

    /// <summary>Precision and recall (pr).</summary>
    PrecisionRecall,

    /// <summary>Density and coverage (dc).</summary>
    DensityCoverage,

    /// <summary>Class accuracy (acc).</summary>
    ClassAccuracy,

    /// <summary>Frechet distance of each class (cfid).</summary>
    ClassFrechet,

    /// <summary>Frechet distance of spatial features (sfid; Nash et al. 2021).</summary>
    SpatialFrechet,
}
