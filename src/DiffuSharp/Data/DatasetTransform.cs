namespace DiffuSharp.Data;

/// <summary>How images of other sizes are brought to the resolution; the names are those of EDM's dataset tool.</summary>
public enum DatasetTransform
{
    /// <summary>Resample the whole image (Lanczos), changing its proportions if they differ.</summary>
    None,

    /// <summary>Cut the largest centred square, then resample it to the resolution (Lanczos).</summary>
    CenterCrop,

    /// <summary>
    /// Cut rows evenly until the image has the proportions of the resolution, resample (Lanczos), and letterbox with black to a
    /// square of the resolution's width. Images with too few pixels for this are left out.
    /// </summary>
    CenterCropWide,

    /// <summary>
    /// ImageNet's usual crop (Dhariwal and Nichol 2021): halve by averaging while the short side is at least twice the
    /// resolution, resample it to the resolution (bicubic), cut the centred square. Resolutions must be square.
    /// </summary>
    CenterCropDhariwal,
}
