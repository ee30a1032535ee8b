using System.Text;
using DiffuSharp.Cli.Commands;
using DiffuSharp.Cli.Parsing;
using DiffuSharp.Data;
using DiffuSharp.Dealing;
using DiffuSharp.Sampling;
using DiffuSharp.Torch.IO;

namespace DiffuSharp.Cli.Sharding;

/// <summary>What a sampled shard is a part of.</summary>
internal sealed record SamplePlan
{
    /// <summary>Fingerprint of the model's weights.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>Solver, with guidance and clipping among the options.</summary>
    public required SamplerMetadata Sampler { get; init; }

    /// <summary>All seeds.</summary>
    public required string Seeds { get; init; }

    /// <summary>Class of all images; null for drawn ones.</summary>
    public required int? Class { get; init; }

    /// <summary>Images that ran together.</summary>
    public required int Batch { get; init; }

    /// <summary>Whether there are sub-folders.</summary>
    public required bool Subdirs { get; init; }

    /// <summary>Whether a grid is wanted of the whole.</summary>
    public required bool Grid { get; init; }
}

/// <summary>A folder of sampled images that is a part of a whole: <c>shard.json</c>, written last, says so.</summary>
internal sealed record SampleShard
{
    private const string Name = "shard.json";

    /// <summary>Which part.</summary>
    public required Share Share { get; init; }

    /// <summary>What of.</summary>
    public required SamplePlan Plan { get; init; }

    /// <summary>Classes of the images in order; null for a model without.</summary>
    public required IReadOnlyList<int>? Classes { get; init; }

    /// <summary>Whether the folder is one that was finished.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Name));

    /// <summary>Reads that of a folder.</summary>
    /// <exception cref="InvalidInputException">The folder is none, or not finished.</exception>
    public static SampleShard Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        return File.Exists(path)
            ? Invocation.FromJson<SampleShard>(File.ReadAllText(path), path)
            : throw new InvalidInputException($"{folder}: has no {Name}, which a shard gets when it is finished; run it again");
    }

    /// <summary>Says that a folder is finished.</summary>
    public void Write(string folder) =>
        AtomicFile.Write(Path.Combine(folder, Name), stream => stream.Write(Encoding.UTF8.GetBytes(Invocation.ToJson(this))));

    /// <summary>The shard for checks.</summary>
    public Shard At(string folder) => new(folder, Share, Invocation.ToJson(Plan));

    /// <summary>The images of all shards in the order of the seeds, batch by batch, as one process makes them.</summary>
    /// <param name="shards">All, in order, with their folders.</param>
    /// <exception cref="InvalidInputException">An image is missing.</exception>
    public static IEnumerable<IReadOnlyList<GeneratedImage>> Images(IReadOnlyList<(string Folder, SampleShard Shard)> shards)
    {
        var plan = shards[0].Shard.Plan;
        var next = new int[shards.Count];
        var at = 0;
        foreach (var seeds in SeedList.Parse(plan.Seeds).Chunk(plan.Batch))
        {
            var k = at++ % shards.Count;
            var (folder, shard) = shards[k];
            yield return [.. seeds.Select(seed =>
            {
                var file = SampleFolder.FileOf(folder, plan.Subdirs, seed);
                return File.Exists(file)
                    ? new GeneratedImage(seed, shard.Classes?[next[k]++], ImageFile.Read(file))
                    : throw new InvalidInputException($"{file}: is missing; make shard {shard.Share.Index} of {shard.Share.Count} again");
            })];
        }
    }
}
