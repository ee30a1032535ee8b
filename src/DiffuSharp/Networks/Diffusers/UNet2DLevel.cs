using DiffuSharp.Torch;
using DiffuSharp.Torch.Modules;

namespace DiffuSharp.Networks.Diffusers;

/// <summary>One level of UNet2DModel, of the encoder, the decoder or the middle: residual blocks, attention and resampling.</summary>
public sealed class UNet2DLevel : Module
{
    private readonly ModuleDict<SpatialAttention> _attentions = new();
    private readonly ModuleDict<ResnetBlock> _resnets = new();

    /// <summary>Makes a level without layers.</summary>
    public UNet2DLevel()
    {
        register_module("attentions", _attentions);
        register_module("resnets", _resnets);
    }

    /// <summary>The residual blocks.</summary>
    public IReadOnlyList<ResnetBlock> Resnets => [.. _resnets.items.Select(item => item.Value)];

    /// <summary>Halves the resolution after the blocks; null if nothing does.</summary>
    public Downsampler? Down { get; private set; }

    /// <summary>Doubles the resolution after the blocks; null if nothing does.</summary>
    public Upsampler? Up { get; private set; }

    /// <summary>Adds a residual block.</summary>
    public void Add(ResnetBlock block) => _resnets.add($"{_resnets.items.Count}", block);

    /// <summary>Adds a self-attention; they follow the blocks of the same index.</summary>
    public void Add(SpatialAttention attention) => _attentions.add($"{_attentions.items.Count}", attention);

    /// <summary>Ends the level by half the resolution.</summary>
    public void End(Downsampler down) => Down = register_module("downsamplers", new ModuleDict<Downsampler>()).add("0", down);

    /// <summary>Ends the level by twice the resolution.</summary>
    public void End(Upsampler up) => Up = register_module("upsamplers", new ModuleDict<Upsampler>()).add("0", up);

    /// <summary>Residual block i and the attention of that index, if there is one.</summary>
    public Tensor Forward(int i, Tensor x, Tensor? embedding = null)
    {
        using var scope = torch.NewDisposeScope();
        x = _resnets.items[i].Value.Forward(x, embedding);
        return (i < _attentions.items.Count ? _attentions.items[i].Value.Forward(x) : x).MoveToOuterDisposeScope();
    }
}
