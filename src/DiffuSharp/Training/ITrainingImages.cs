using DiffuSharp.Torch;

namespace DiffuSharp.Training;

/// <summary>Where training takes its images from, in the order of the run.</summary>
internal interface ITrainingImages : IDisposable
{
    /// <summary>The images at positions [position, position + count) of the order.</summary>
    /// <param name="position">Images seen before.</param>
    /// <param name="count">How many.</param>
    /// <returns>uint8 [count,C,H,W] and float32 [count, label_dim] (null without labels), on the training device.</returns>
    (Tensor Images, Tensor? Labels) Take(long position, int count);
}
