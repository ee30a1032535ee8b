using DiffuSharp.Torch;

namespace DiffuSharp.Sampling;

/// <summary>A draw that was made already, then the draws of another source.</summary>
/// <param name="first">The draw made already; stays the caller's.</param>
/// <param name="rest">Where the later draws come from.</param>
internal sealed class PrecededNoise(Tensor first, INoiseSource rest) : INoiseSource
{
    private bool _started;

    /// <inheritdoc/>
    public Tensor Next()
    {
        if (_started)
        {
            return rest.Next();
        }

        _started = true;
        return first.alias();
    }
}
