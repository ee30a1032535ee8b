using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>What a denoiser is conditioned on besides the noise level.</summary>
/// <param name="Labels">Class labels [N, label_dim], one-hot or vectors; null is "no class".</param>
/// <param name="Augmentation">Augmentation labels [N, 9] (EDM, appendix F.2); null or zero at sampling.</param>
public sealed record Condition(Tensor? Labels = null, Tensor? Augmentation = null)
{
    /// <summary>One-hot labels of classes, float32 [N, label_dim]; the tensor belongs to the caller's scope.</summary>
    /// <param name="classes">The class of each image.</param>
    /// <param name="labelDim">Number of classes.</param>
    /// <param name="device">Where the labels go; the CPU by default.</param>
    public static Condition OfClasses(long[] classes, int labelDim, Device? device = null)
    {
        using var scope = torch.NewDisposeScope();
        var labels = torch.nn.functional.one_hot(torch.tensor(classes), labelDim).to(device ?? Device.CPU, ScalarType.Float32);
        return new Condition(labels.MoveToOuterDisposeScope());
    }

    /// <summary>The condition of a batch that is made of members of this one; its tensors belong to the caller's scope.</summary>
    /// <param name="members">For each image of the new batch, its number in this one.</param>
    public Condition Select(long[] members) => new(Select(Labels, members), Select(Augmentation, members));

    private static Tensor? Select(Tensor? labels, long[] members)
    {
        using var scope = torch.NewDisposeScope();
        return labels?.index_select(0, torch.tensor(members, device: labels.device)).MoveToOuterDisposeScope();
    }
}
