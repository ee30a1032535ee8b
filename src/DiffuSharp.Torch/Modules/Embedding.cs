namespace DiffuSharp.Torch.Modules;

/// <summary>A table of vectors looked up by index.</summary>
public sealed class Embedding : Module
{
    /// <summary>Takes the initial values.</summary>
    /// <param name="weight">[entries, C].</param>
    public Embedding(Tensor weight) => this.weight = register_parameter("weight", weight);

    /// <summary>[entries, C].</summary>
    public Parameter weight { get; }

    /// <summary>int64 […] → […, C].</summary>
    public Tensor forward(Tensor indices) => weight[indices];
}
