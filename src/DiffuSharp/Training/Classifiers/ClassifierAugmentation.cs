using DiffuSharp.Torch;

namespace DiffuSharp.Training.Classifiers;

/// <summary>Random shifts over a black border and mirroring of 8-bit images.</summary>
internal static class ClassifierAugmentation
{
    /// <summary>Changed copies.</summary>
    /// <param name="images">uint8 [N,C,H,W].</param>
    /// <param name="shift">Largest shift in pixels.</param>
    /// <param name="flip">Whether half of the images are mirrored.</param>
    /// <param name="generator">Draws shifts, then mirroring.</param>
    public static Tensor Apply(Tensor images, int shift, bool flip, Generator generator)
    {
        using var scope = torch.NewDisposeScope();
        var (n, height, width) = (images.size(0), images.size(2), images.size(3));
        if (shift > 0)
        {
            var offsets = torch.randint(0, (2 * shift) + 1, [2 * n], generator).ToArray<long>();
            var padded = torch.nn.functional.pad(images, [shift, shift, shift, shift], "constant");
            images = torch.stack([.. Enumerable.Range(0, (int)n).Select(i =>
                padded[i].narrow(1, offsets[2 * i], height).narrow(2, offsets[(2 * i) + 1], width))]);
        }

        if (flip)
        {
            var mirrored = torch.rand([n, 1, 1, 1], generator) < 0.5;
            images = torch.where(mirrored.to(images.device), images.flip(3), images);
        }

        return images.alias().MoveToOuterDisposeScope();
    }
}
