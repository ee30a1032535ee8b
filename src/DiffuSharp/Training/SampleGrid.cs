using DiffuSharp.Data;
using DiffuSharp.Denoising;
using DiffuSharp.Sampling;
using DiffuSharp.Sampling.Solvers;
using DiffuSharp.Torch;

namespace DiffuSharp.Training;

/// <summary>
/// Pictures by which a person sees how far training is: 8×8 samples of fixed seeds by EDM's sampler (18 Heun steps, 35 evaluations
/// each), with the labels of images spread over the data.
/// </summary>
internal static class SampleGrid
{
    private const int Columns = 8;
    private const int Count = Columns * Columns;
    private const int Steps = 18;

    /// <summary>Samples and writes the grid.</summary>
    public static void Write(string path, IDenoiser denoiser, IImageDataset labels, CancellationToken cancellation)
    {
        using var scope = torch.NewDisposeScope();
        var tableau = new Sampler(new Heun(), Steps).Build(denoiser).Tableau;
        using var noise = new SeededNoise(Enumerable.Range(0, Count).Select(seed => (long)seed), denoiser.Shape);
        using var run = new SamplerRun(tableau, denoiser, noise, Labels(denoiser, labels));
        ImageFile.Write(path, ImageGrid.Compose(TensorImages.Of(run.Finish(cancellation)), Columns));
    }

    private static Condition? Labels(IDenoiser denoiser, IImageDataset dataset)
    {
        if (denoiser.LabelDim == 0)
        {
            return null;
        }

        var values = new float[Count * denoiser.LabelDim];
        for (var i = 0; i < Count; i++)
        {
            dataset.ReadLabel((int)((long)i * dataset.Count / Count), values.AsSpan(i * denoiser.LabelDim, denoiser.LabelDim));
        }

        return new Condition(torch.tensor(values, [Count, denoiser.LabelDim]));
    }
}
