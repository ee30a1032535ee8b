using DiffuSharp.Data;

namespace DiffuSharp.Sampling;

/// <summary>A batch of samples in a form that goes from process to process.</summary>
internal static class ImagePiece
{
    /// <summary>Classes, pixels and what they have cost.</summary>
    public static byte[] Write(IReadOnlyList<GeneratedImage> images, long evaluations)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(evaluations);
        foreach (var (_, label, image) in images)
        {
            writer.Write(label ?? -1);
            writer.Write(image.Pixels);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static (GeneratedImage[] Images, long Evaluations) Read(byte[] bytes, IReadOnlyList<long> seeds, ImageShape shape)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        var evaluations = reader.ReadInt64();
        var images = seeds.Select(seed =>
        {
            var label = reader.ReadInt32();
            return new GeneratedImage(seed, label < 0 ? null : label, new Image(shape, reader.ReadBytes(shape.Count)));
        }).ToArray();
        return (images, evaluations);
    }
}
