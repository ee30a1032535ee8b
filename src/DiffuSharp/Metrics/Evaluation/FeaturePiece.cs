using DiffuSharp.Metrics.Features;
using DiffuSharp.Torch;

namespace DiffuSharp.Metrics.Evaluation;

/// <summary>What one batch of images adds to a measurement, in a form that goes from process to process.</summary>
/// <param name="Output">What the feature network says.</param>
/// <param name="Classes">Classes of the images; null where there are none.</param>
/// <param name="Evaluations">Network evaluations that the images have cost.</param>
internal sealed record FeaturePiece(FeatureBatch Output, long[]? Classes, long Evaluations)
{
    /// <summary>Measures a batch and writes what is collected of it.</summary>
    public static byte[] Compute(IFeatureExtractor extractor, IBatchSource source, int index, FeatureCollectorOptions options)
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var batch = source.Read(index);
        var output = extractor.Extract(batch.Pixels);
        output = output with { Logits = options.Logits ? output.Logits : null, Spatial = options.Spatial ? output.Spatial : null };
        return new FeaturePiece(output, batch.Classes, source.EvaluationsOf(index)).ToBytes();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote; the tensors belong to the innermost scope.</summary>
    public static FeaturePiece FromBytes(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        var evaluations = reader.ReadInt64();
        var count = reader.ReadInt32();
        long[]? classes = count < 0 ? null : [.. Enumerable.Range(0, count).Select(_ => reader.ReadInt64())];
        return new FeaturePiece(new FeatureBatch(Read(reader)!, Read(reader), Read(reader)), classes, evaluations);
    }

    /// <summary>All of it, numbers bit for bit.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Evaluations);
        writer.Write(Classes?.Length ?? -1);
        Array.ForEach(Classes ?? [], writer.Write);
        Write(writer, Output.Features);
        Write(writer, Output.Logits);
        Write(writer, Output.Spatial);
        writer.Flush();
        return stream.ToArray();
    }

    private static void Write(BinaryWriter writer, Tensor? values)
    {
        writer.Write(values is null ? -1 : values.size(0));
        if (values is not null)
        {
            writer.Write(values.size(1));
            writer.Write((int)values.dtype);
            writer.Write(values.contiguous().bytes());
        }
    }

    private static Tensor? Read(BinaryReader reader)
    {
        var rows = reader.ReadInt64();
        if (rows < 0)
        {
            return null;
        }

        var columns = reader.ReadInt64();
        var tensor = torch.empty([rows, columns], (ScalarType)reader.ReadInt32());
        reader.BaseStream.ReadExactly(tensor.bytes());
        return tensor;
    }
}
