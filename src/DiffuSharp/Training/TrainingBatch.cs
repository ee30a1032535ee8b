using DiffuSharp.Torch;

namespace DiffuSharp.Training;

/// <summary>What a step trains on, on the training device.</summary>
/// <param name="Images">[N,C,H,W] in [−1, 1], augmented.</param>
/// <param name="Labels">[N, label_dim], or null.</param>
/// <param name="Augmentation">[N,9], or null.</param>
/// <param name="Unit">[N], float64, on the CPU: the draws that choose the noise levels.</param>
/// <param name="Noise">[N,C,H,W], unit normal.</param>
internal sealed record TrainingBatch(Tensor Images, Tensor? Labels, Tensor? Augmentation, Tensor Unit, Tensor Noise)
{
    /// <summary>Parts of a size along N.</summary>
    public IEnumerable<TrainingBatch> Split(int size)
    {
        for (long start = 0; start < Images.size(0); start += size)
        {
            var length = Math.Min(size, Images.size(0) - start);
            yield return new TrainingBatch(
                Images.narrow(0, start, length), Labels?.narrow(0, start, length), Augmentation?.narrow(0, start, length),
                Unit.narrow(0, start, length), Noise.narrow(0, start, length));
        }
    }

    /// <summary>Hands the tensors to the scope outside of the one that owns them.</summary>
    public TrainingBatch MoveToOuterDisposeScope()
    {
        foreach (var tensor in new[] { Images, Labels, Augmentation, Unit, Noise })
        {
            tensor?.MoveToOuterDisposeScope();
        }

        return this;
    }
}
