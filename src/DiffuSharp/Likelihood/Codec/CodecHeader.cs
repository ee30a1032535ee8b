using System.Security.Cryptography;
using System.Text;
using DiffuSharp.Denoising;
using DiffuSharp.Schedules;

namespace DiffuSharp.Likelihood.Codec;

/// <summary>
/// The beginning of a codec file: 8 bytes <c>DSPROG02</c>, SHA-256 of the model, seed, block bits, batch, shape, label_dim, number of levels and
/// images, the levels as float64, the class of each image where the model has classes, and 4 bytes of check. Little-endian.
/// </summary>
internal sealed record CodecHeader
{
    public const int MostLevels = 10_000;
    public const int HashBytes = 32;
    private const long MostValues = int.MaxValue / sizeof(double);
    private const int PixelsPerTable = 1 << 20;
    private static readonly byte[] s_magic = Encoding.ASCII.GetBytes("DSPROG02");

    public required byte[] ModelHash { get; init; }

    public required uint Seed { get; init; }

    public required byte BlockBits { get; init; }

    public required ushort Batch { get; init; }

    public required ImageShape Shape { get; init; }

    public required int Count { get; init; }

    public required NoiseLevels Levels { get; init; }

    public required int LabelDim { get; init; }

    /// <summary>The class of each image; null without classes.</summary>
    public required int[]? Classes { get; init; }

    /// <summary>One-hot labels of some images, or null.</summary>
    public Condition? Condition(int[] images) => Classes is null
        ? null
        : Denoising.Condition.OfClasses(Array.ConvertAll(images, i => (long)Classes[i]), LabelDim);

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(s_magic);
        writer.Write(ModelHash);
        writer.Write(Seed);
        writer.Write(BlockBits);
        writer.Write(Batch);
        foreach (var size in new[] { Shape.Channels, Shape.Height, Shape.Width, LabelDim, Levels.Steps })
        {
            writer.Write((ushort)size);
        }

        writer.Write(Count);
        for (var i = 0; i < Levels.Steps; i++)
        {
            writer.Write(Levels[i]);
        }

        foreach (var label in Classes ?? [])
        {
            writer.Write((ushort)label);
        }

        writer.Write(Check(stream));
        return stream.ToArray();
    }

    /// <summary>Reads a header and leaves the stream behind it.</summary>
    /// <exception cref="InvalidDataException">No header, or a damaged one.</exception>
    public static CodecHeader Read(Stream stream, string path)
    {
        using var copy = new MemoryStream();
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            if (!Take(s_magic.Length).AsSpan().SequenceEqual(s_magic))
            {
                throw new InvalidDataException($"{path}: is no file of the progressive codec; name one that its encoder wrote");
            }

            var hash = Take(HashBytes);
            var (seed, blockBits, batch) = (BitConverter.ToUInt32(Take(4)), Take(1)[0], BitConverter.ToUInt16(Take(2)));
            int[] sizes = [.. Enumerable.Range(0, 5).Select(_ => (int)BitConverter.ToUInt16(Take(2)))];
            var count = BitConverter.ToInt32(Take(4));
            var (shape, labelDim, steps) = (new ImageShape(sizes[0], sizes[1], sizes[2]), sizes[3], sizes[4]);
            if (steps is < 1 or > MostLevels || count < 1 || batch < 1 || blockBits is < 4 or > ProgressiveCodecOptions.LargestBlockBits
                || shape.Channels is not (1 or 3) || shape.Height < 1 || shape.Width < 1
                || (long)shape.Height * shape.Width > PixelsPerTable || (long)count * shape.Count > MostValues)
            {
                throw Damaged(path);
            }

            double[] levels = [.. Enumerable.Range(0, steps).Select(_ => BitConverter.ToDouble(Take(sizeof(double))))];
            int[]? classes = labelDim == 0 ? null : [.. Enumerable.Range(0, count).Select(_ => (int)BitConverter.ToUInt16(Take(2)))];
            var expected = Check(copy);
            if (reader.ReadUInt32() != expected || classes?.Any(c => c >= labelDim) == true)
            {
                throw Damaged(path);
            }

            return new CodecHeader
            {
                ModelHash = hash, Seed = seed, BlockBits = blockBits, Batch = batch, Shape = shape, Count = count, LabelDim = labelDim,
                Classes = classes, Levels = new NoiseLevels([.. levels, 0]),
            };
        }
        catch (Exception error) when (error is EndOfStreamException or InvalidInputException)
        {
            throw new InvalidDataException($"{path}: its header is cut off or damaged; copy the file again", error);
        }

        byte[] Take(int length)
        {
            var bytes = reader.ReadBytes(length);
            if (bytes.Length < length)
            {
                throw new EndOfStreamException();
            }

            copy.Write(bytes);
            return bytes;
        }
    }

    private static InvalidDataException Damaged(string path) => new($"{path}: its header is damaged; copy the file again");

    private static uint Check(MemoryStream written) => BitConverter.ToUInt32(SHA256.HashData(written.GetBuffer().AsSpan(0, (int)written.Length)));
}
