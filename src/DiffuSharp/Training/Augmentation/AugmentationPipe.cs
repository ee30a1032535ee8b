using DiffuSharp.Torch;
using static DiffuSharp.Torch.torch;

namespace DiffuSharp.Training.Augmentation;

/// <summary>
/// Geometric augmentation that does not leak into the samples, because the network is told what was done (EDM, Karras et al.
/// 2022, appendix F.2): flips, isotropic scale, rotation, anisotropic scale and translation, each with its own coin.
/// </summary>
public sealed class AugmentationPipe
{
    private readonly double _probability;

    /// <summary>Makes the pipe.</summary>
    /// <param name="options">How often images are transformed.</param>
    /// <exception cref="InvalidInputException">The options are out of range.</exception>
    public AugmentationPipe(AugmentationOptions options)
    {
        options.Validate();
        _probability = options.Probability;
    }

    /// <summary>Length of a label: x-flip, y-flip, scale, rotation (cos − 1, sin), anisotropy (2), translation (2).</summary>
    public static int LabelDim => AugmentationParameters.LabelDim;

    /// <summary>
    /// Transforms a batch. The x-flip's coin always lands, so every second image is mirrored whatever the probability: no other
    /// mirroring should be done. All random numbers are drawn on the CPU for the whole batch before anything is computed.
    /// </summary>
    /// <param name="images">[N,C,H,W], float32 in [−1, 1], on any device; not changed.</param>
    /// <param name="generator">CPU generator; the draws do not depend on the images.</param>
    /// <returns>The images [N,C,H,W] and their labels [N,9], float32, both on the device of the images.</returns>
    public (Tensor Images, Tensor Labels) Apply(Tensor images, Generator generator) =>
        Apply(images, AugmentationParameters.Draw((int)images.size(0), _probability, generator));

    /// <summary>Transforms a part of a batch as <see cref="Apply(Tensor, Generator)"/> does it within the whole.</summary>
    /// <param name="images">The images of the part.</param>
    /// <param name="generator">CPU generator.</param>
    /// <param name="start">Where the part begins.</param>
    /// <param name="total">Images of the batch.</param>
    internal (Tensor Images, Tensor Labels) Apply(Tensor images, Generator generator, int start, int total) =>
        Apply(images, AugmentationParameters.Draw(total, _probability, generator)[start..(start + (int)images.size(0))]);

    /// <summary>Transforms a batch as asked.</summary>
    internal static (Tensor Images, Tensor Labels) Apply(Tensor images, AugmentationParameters[] parameters)
    {
        using var scope = NewDisposeScope();
        var labels = Labels(parameters, images.device);
        images = Flip(images, parameters, p => p.FlipX, 3);
        if (Array.Exists(parameters, p => p.FlipY))
        {
            images = Flip(images, parameters, p => p.FlipY, 2);
        }

        long[] moved = [.. Enumerable.Range(0, parameters.Length).Where(i => parameters[i].IsGeometric)];
        if (moved.Length > 0)
        {
            var (height, width) = (images.size(2), images.size(3));
            var index = tensor(moved, device: images.device);
            var resampled = AffineResampler.Resample(
                images.index_select(0, index), Array.ConvertAll(moved, i => parameters[i].InverseMatrix(width, height)));
            images = images.index_copy(0, index, resampled);
        }

        return (images.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope());
    }

    private static Tensor Flip(
        Tensor images, AugmentationParameters[] parameters, Converter<AugmentationParameters, bool> isFlipped, long dim)
    {
        var flipped = tensor(Array.ConvertAll(parameters, isFlipped), [parameters.Length, 1, 1, 1], device: images.device);
        return where(flipped, images.flip(dim), images);
    }

    private static Tensor Labels(AugmentationParameters[] parameters, Device device)
    {
        var labels = new float[parameters.Length * LabelDim];
        for (var i = 0; i < parameters.Length; i++)
        {
            parameters[i].WriteLabel(labels.AsSpan(i * LabelDim, LabelDim));
        }

        return tensor(labels, [parameters.Length, LabelDim], device: device);
    }
}
