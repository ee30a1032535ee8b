using DiffuSharp.Dealing;
using DiffuSharp.Torch;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Cli.Sharding;

/// <summary>The features of a part of the images of a measurement as one <c>.safetensors</c> file: pieces by their numbers, and the plan in the metadata.</summary>
internal sealed class FeatureShard : IDisposable
{
    private const string Format = "diffusharp.feature_shard";
    private const string Version = "1";

    private readonly SafetensorsFile _file;

    private FeatureShard(SafetensorsFile file, Shard shard, string kind) => (_file, Shard, Kind) = (file, shard, kind);

    /// <summary>Place and plan.</summary>
    public Shard Shard { get; }

    /// <summary>The verb that made it.</summary>
    public string Kind { get; }

    /// <summary>Writes a shard atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">The verb.</param>
    /// <param name="share">Which part.</param>
    /// <param name="plan">What of, JSON.</param>
    /// <param name="pieces">Its pieces by their numbers among all.</param>
    public static void Write(string path, string kind, Share share, string plan, IReadOnlyList<(int Number, byte[] Bytes)> pieces) => SafetensorsWriter.Write(
        path,
        pieces.Select(piece => new SafetensorsTensor(NameOf(piece.Number), ScalarType.Byte, [piece.Bytes.Length], stream => stream.Write(piece.Bytes))),
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Format] = Version, ["kind"] = kind, ["shard"] = $"{share.Index}", ["of"] = $"{share.Count}", ["plan"] = plan,
        });

    /// <summary>Opens a shard.</summary>
    /// <exception cref="InvalidDataException">The file is none.</exception>
    public static FeatureShard Open(string path)
    {
        var file = SafetensorsFile.Open(path);
        var text = file.Metadata;
        if (text.GetValueOrDefault(Format) == Version && int.TryParse(text.GetValueOrDefault("shard"), out var index)
            && int.TryParse(text.GetValueOrDefault("of"), out var count) && text.GetValueOrDefault("plan") is { } plan)
        {
            return new FeatureShard(file, new Shard(path, new Share(index, count), plan), text.GetValueOrDefault("kind", ""));
        }

        file.Dispose();
        throw new InvalidDataException($"{path}: is no shard that 'evaluate --shard' wrote");
    }

    /// <summary>Reads a piece.</summary>
    /// <exception cref="InvalidDataException">It is not there.</exception>
    public byte[] Read(int number)
    {
        var entry = _file.Require(NameOf(number));
        var bytes = new byte[entry.ByteLength];
        _file.Read(entry, bytes);
        return bytes;
    }

    public void Dispose() => _file.Dispose();

    private static string NameOf(int number) => $"piece.{number:D8}";
}
