using DiffuSharp.Torch;

namespace DiffuSharp.Denoising;

/// <summary>What a denoiser is conditioned on besides the noise level.</summary>
/// <param name="Labels">Class labels [N, label_dim], one-hot or vectors; null is "no class".</param>
/// <param name="Augmentation">Augmentation labels [N, 9] (EDM, appendix F.2); null or zero at sampling.</param>
public sealed record Condition(Tensor? Labels = null, Tensor? Augmentation = null)
{
    /// <summary>The condition of a batch that is made of members of this one; its tensors belong to the caller's scope.</summary>
    /// <param name="members">For each image of the new batch, its number in this one.</param>
    public Condition Select(long[] members) => new(Select(Labels, members), Select(Augmentation, members));

    private static Tensor? Select(Tensor? labels, long[] members)
    {
        using var scope = torch.NewDisposeScope();
        return labels?.index_select(0, torch.tensor(members, device: labels.device)).MoveToOuterDisposeScope();
    }
}
