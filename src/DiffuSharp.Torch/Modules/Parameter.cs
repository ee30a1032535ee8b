namespace DiffuSharp.Torch.Modules;

/// <summary>A trained tensor of a module. It belongs to its module, not to a dispose scope.</summary>
public sealed class Parameter : Tensor
{
    /// <summary>Takes over the elements of a tensor, which becomes invalid.</summary>
    /// <param name="data">The initial values.</param>
    /// <param name="requires_grad">Whether gradients are recorded.</param>
    public Parameter(Tensor data, bool requires_grad = true)
        : base(data)
    {
        this.requires_grad = requires_grad;
    }
}
