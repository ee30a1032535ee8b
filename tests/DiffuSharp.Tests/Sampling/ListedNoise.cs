using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Sampling;

/// <summary>Gives out the draws of a list; the list keeps them.</summary>
internal sealed class ListedNoise(IEnumerable<Tensor> draws) : INoiseSource
{
    private readonly Queue<Tensor> _draws = new(draws);

    public Tensor Next() => _draws.Dequeue().alias();
}
