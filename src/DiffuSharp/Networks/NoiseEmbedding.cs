using DiffuSharp.Torch;

namespace DiffuSharp.Networks;

/// <summary>Turns c_noise [N] into features [N, channels] = [cos, sin].</summary>
public abstract class NoiseEmbedding : Torch.Modules.Module
{
    /// <summary>Angular frequencies [channels / 2].</summary>
    protected abstract Tensor Frequencies { get; }

    /// <summary>[N] → [N, channels].</summary>
    public Tensor Forward(Tensor noise)
    {
        var angles = noise.reshape(-1, 1) * Frequencies.to(noise.device);
        return torch.cat([angles.cos(), angles.sin()], 1);
    }
}
