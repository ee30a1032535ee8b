using DiffuSharp.Sampling;
using DiffuSharp.Torch;

namespace DiffuSharp.Tests.Sampling;

/// <summary>
/// The draws of a reference file in the order in which a run asks for them: the latents, then one for each noisy row. The reference draws at
/// every step: the draw of a row is that of its step, whose first row it is.
/// </summary>
internal sealed class ReferenceNoise : INoiseSource
{
    private readonly Queue<double[][]> _draws = new();
    private readonly ImageShape _shape;

    public ReferenceNoise(SamplerReference reference, SamplerTableau tableau, int rowsPerStep)
    {
        _shape = reference.Shape;
        _draws.Enqueue(reference.Latents);
        for (var row = 0; row < tableau.Rows.Count; row++)
        {
            if (tableau.Rows[row].Noise != 0)
            {
                _draws.Enqueue(reference.NoiseDraws[row / rowsPerStep]);
            }
        }
    }

    public Tensor Next()
    {
        var images = _draws.Dequeue();
        double[] values = [.. images.SelectMany(image => image)];
        return torch.tensor(values, [images.Length, _shape.Channels, _shape.Height, _shape.Width]);
    }
}
